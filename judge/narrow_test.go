package judge

import (
	"strings"
	"testing"
)

// TestLongKey holds that of a long key only the beginning is looked up: it may be as long as
// the object.
func TestLongKey(t *testing.T) {
	known, key := strings.Repeat("b.", 599)+"b", strings.Repeat("b.", 700)
	f := fields{"b.b": "spec.b", known: "spec.long"}
	if field := f.of(key, "spec"); field != "spec.b" {
		t.Errorf("the field is %s", field)
	}
}
