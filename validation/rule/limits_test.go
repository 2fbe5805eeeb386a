package rule

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// TestLimits: length alone is no reason to refuse an object, or not to check it.
func TestLimits(t *testing.T) {
	long := strings.Repeat("x", 20<<10)
	cases := map[string]struct {
		reason string
		rules  []map[string]any
		want   string // the ids of the findings
	}{
		"LongSelector": {
			reason: "a long text with few operators is parsed",
			rules:  []map[string]any{{"record": "a", "expr": `up{job=~"` + long + `"}`}},
		},
		"LongMistake": {
			reason: "a mistake at the end of a long text is found",
			rules:  []map[string]any{{"record": "a", "expr": `up{job=~"` + long + `"} = 0`}},
			want:   "expr-syntax",
		},
		"LongAnnotation": {
			reason: "a long text with few actions is parsed",
			rules:  []map[string]any{{"alert": "A", "expr": "up == 0", "annotations": map[string]string{"a": long + "{{ $labels.job }}"}}},
		},
		"LargeFile": {
			reason: "a file that the operator refuses is not parsed at all",
			rules:  []map[string]any{{"alert": "A", "expr": "sum(", "annotations": map[string]string{"a": strings.Repeat("x", maxRuleFile)}}},
			want:   "rule-file-size",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(map[string]any{"spec": map[string]any{"groups": []any{map[string]any{"name": "g", "rules": tc.rules}}}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range runAll(t, raw) {
				got += f.Check
			}
			if got != tc.want {
				t.Errorf("%s: findings %q", tc.reason, got)
			}
		})
	}
}

// TestTemplateLimit: a template with too many actions and parentheses is refused without being
// parsed.
func TestTemplateLimit(t *testing.T) {
	r := &groupRule{Rule: &monitoringv1.Rule{Alert: "A", Annotations: map[string]string{"a": "{{ ($labels.a) }} {{ $labels.b }}"}}, group: &ruleGroup{}}
	for limit, refused := range map[int]bool{2: true, 3: false} {
		got := parseTemplates(r, limit, nil)
		if len(got) != 1 || errors.Is(got[0].err, errTemplateNesting) != refused || (len(got[0].trees) > 0) == refused {
			t.Errorf("with a limit of %d: %+v", limit, got)
		}
	}
}

// TestCostlyExpressionsAreNotParsed: the limit is checked before the parser runs.
func TestCostlyExpressionsAreNotParsed(t *testing.T) {
	raw := toJSON(t, monitoringv1.Rule{Record: "a"}, monitoringv1.Rule{Record: "b"})
	raw = []byte(strings.Replace(string(raw), `"expr":0`, `"expr":"1 + 2 + 3 + ("`, 1))
	s := validation.Permissive()
	s.ParseTime = 1
	found, err := Kind().Run(t.Context(), raw, s, func(c validation.Info) validation.Severity { return c.Severity })
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Check != exprCost.ID {
		t.Errorf("findings: %v", found)
	}
}
