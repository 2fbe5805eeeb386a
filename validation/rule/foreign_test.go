package rule

import (
	"slices"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// TestMetricsQLFunctions: a function of PromQL is never reported as one of MetricsQL.
func TestMetricsQLFunctions(t *testing.T) {
	for name := range parser.Functions {
		if metricsQLFunction().MatchString(name) {
			t.Errorf("%s is a function of PromQL", name)
		}
	}
	for _, name := range []string{"union", "rollup_rate", "count_eq_over_time", "topk_max", "label_set"} {
		if !metricsQLFunction().MatchString(name) {
			t.Errorf("%s is not known as a function of MetricsQL", name)
		}
	}
}

// TestForeignText: a placeholder of another tool is found at its place, and only outside of
// strings.
func TestForeignText(t *testing.T) {
	cases := map[string]struct {
		expr string
		want string // empty if there is none
	}{
		"Helm":               {"up > {{ .Values.a }}", "{{ .Values.a }}"},
		"HelmBreaksAString":  {`up{a="{{ include "x" . }}"}`, `{{ include "x" . }}`},
		"HelmEscape":         {"up > {{`{{ $value }}`}}", "{{`{{ $value }}`}}"},
		"HelmInAString":      {`up{a="{{ .Values.a }}"`, ""},
		"HelmInAComment":     {"up ( # {{ .Values.a }}", ""},
		"Variable":           {"rate(up[$__interval])", "$__interval"},
		"VariableWithFormat": {"up{a=~${a:regex}}", "${a:regex}"},
		"Brackets":           {"rate(up[[[a]]])", "[[a]]"},
		"VariableInAString":  {`up{a="$a"`, ""},
		"OpenString":         {`up{a="`, ""},
		"OpenTemplate":       {"up > {{ .Values", ""},
		"Keyword":            {"rate(up[5m]) keep_metric_names", "keep_metric_names"},
		"Operator":           {"up default 0", "default"},
		"Metric":             {"sum by (default) default", ""},
		"AfterAnOperator":    {"up and if (", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := ""
			if f, ok := findForeign(tc.expr); ok {
				got = tc.expr[f.start:f.end]
			}
			if got != tc.want {
				t.Errorf("found %q in %s, want %q", got, tc.expr, tc.want)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	var got []string
	for _, tok := range tokensOf("a{b=\"c # d\"} # e\n+ `f\\` 'g\\'h' 1.5") {
		got = append(got, tok.text)
	}
	want := []string{"a", "{", "b", "=", `"c # d"`, "}", "+", "`f\\`", `'g\'h'`, "1.5"}
	if !slices.Equal(got, want) {
		t.Errorf("tokens %q, want %q", got, want)
	}
}
