package webhook

import (
	"strings"
	"testing"
)

// TestParseTime: the time that expressions may take is configurable, and their length does not
// matter.
func TestParseTime(t *testing.T) {
	r := serve(t, nil)
	request := ruleRequest(`[{"name":"g","rules":[{"record":"a","expr":"1 + 2 + 3 + 4"}]}]`)
	if response := r.review(t, "/validate", request); !response.Allowed {
		t.Errorf("by default: %+v", response)
	}
	long := ruleRequest(`[{"name":"g","rules":[{"record":"a","expr":"up{job=~\"` + strings.Repeat("x", 20<<10) + `\"}"}]}]`)
	if response := r.review(t, "/validate", long); !response.Allowed {
		t.Errorf("a long expression: %+v", response)
	}
	r.Use(Settings{ParseTime: 1})
	if response := r.review(t, "/validate", request); response.Allowed || !strings.Contains(response.Result.Message, "[expr-cost]") {
		t.Errorf("with a nanosecond: %+v", response)
	}
}
