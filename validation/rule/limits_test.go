package rule

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/promgate/promgate/validation"
)

// TestLimits holds that texts beyond the limits are not parsed. That is an error, not the
// user's mistake; but a file that is too large is one.
func TestLimits(t *testing.T) {
	short := limits{file: 1000, expr: 20, template: 30}
	cases := map[string]struct {
		reason  string
		rules   []map[string]any
		says    string // of the error
		finding string // the only one
	}{
		"LongExpression": {
			reason: "an expression beyond the limit is not parsed",
			rules:  []map[string]any{{"record": "a", "expr": "sum by (job) (up == 0)"}},
			says:   "spec.groups[0].rules[0].expr",
		},
		"LongTemplate": {
			reason: "a template beyond the limit is not parsed",
			rules:  []map[string]any{{"alert": "A", "expr": "up == 0", "annotations": map[string]string{"a": "{{ $labels.job }} is down today"}}},
			says:   `the template "a"`,
		},
		"LongText": {
			reason: "a text without a template is not parsed, and may be long",
			rules:  []map[string]any{{"alert": "A", "expr": "up == 0", "annotations": map[string]string{"a": strings.Repeat("x", 31)}}},
		},
		"LargeFile": {
			reason:  "a file that the operator refuses is not parsed at all",
			rules:   []map[string]any{{"alert": "A", "expr": "sum by (job) (up == 0", "annotations": map[string]string{"a": strings.Repeat("x", 1000)}}},
			finding: "rule-file-size",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(map[string]any{"spec": map[string]any{"groups": []any{map[string]any{"name": "g", "rules": tc.rules}}}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Kind().Run(t.Context(), raw, validation.Permissive(), func(validation.Info) validation.Severity { return validation.Off }); err != nil {
				t.Errorf("the default limits: %v", err)
			}
			found, err := kindWithin(short).Run(t.Context(), raw, validation.Permissive(), func(c validation.Info) validation.Severity { return c.Severity })
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

// TestDefaultLimits holds that the kind has limits.
func TestDefaultLimits(t *testing.T) {
	if l := defaultLimits; l.file != maxRuleFile || l.expr <= 0 || l.template <= 0 {
		t.Errorf("%+v", l)
	}
}
