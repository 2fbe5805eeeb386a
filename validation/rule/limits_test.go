package rule

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/promgate/promgate/validation"
)

// TestLimits: what would take the parsers long, or much memory, is not parsed. That
// is an error, not the user's mistake; but a file that is too large is one.
func TestLimits(t *testing.T) {
	cases := map[string]struct {
		reason  string
		rules   []map[string]any
		says    string // of the error
		finding string // the only one
	}{
		"LongExpression": {
			reason: "time grows with the square of the nesting",
			rules:  []map[string]any{{"record": "a", "expr": strings.Repeat("1+", maxExprLength/2) + "1"}},
			says:   "spec.groups[0].rules[0].expr",
		},
		"LongTemplate": {
			reason: "the parser of templates recurses",
			rules:  []map[string]any{{"alert": "A", "expr": "up == 0", "annotations": map[string]string{"a": strings.Repeat("{{if 0}}", maxTemplateLength/8+1)}}},
			says:   `the template "a"`,
		},
		"LongText": {
			reason: "a text without a template is not parsed, and may be long",
			rules:  []map[string]any{{"alert": "A", "expr": "up == 0", "annotations": map[string]string{"a": strings.Repeat("x", maxTemplateLength+1)}}},
		},
		"LargeFile": {
			reason:  "a file that the operator refuses is not parsed at all",
			rules:   []map[string]any{{"alert": "A", "expr": strings.Repeat("1+", maxExprLength) + "1", "annotations": map[string]string{"a": strings.Repeat("x", maxRuleFile)}}},
			finding: "rule-file-size",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(map[string]any{"spec": map[string]any{"groups": []any{map[string]any{"name": "g", "rules": tc.rules}}}})
			if err != nil {
				t.Fatal(err)
			}
			found, err := Kind().Run(t.Context(), raw, validation.Permissive(), func(c validation.Info) validation.Severity { return c.Severity })
			if tc.says == "" && err != nil || tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says)) {
				t.Errorf("%s: error %v", tc.reason, err)
			}
			got := ""
			for _, f := range found {
				got += f.Check
			}
			if got != tc.finding {
				t.Errorf("%s: findings %q", tc.reason, got)
			}
		})
	}
}
