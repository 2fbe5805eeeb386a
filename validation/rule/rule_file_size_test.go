package rule

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

// TestFileSizeBound: for all texts, the file is not larger than the bound.
func TestFileSizeBound(t *testing.T) {
	pieces := []string{"\n", "\r", "\t", " ", "a", "\x00", "\x1b", "\u0085", "\u00a0", "\u2028", "\ufeff", "é", "💾", "'", `"`, `\`, ": ", "- ", "# ", "{{", "word ", strings.Repeat("long", 40), strings.Repeat("a b ", 30), "%", "&", "*", "!"}
	checkRaw := func(t *testing.T, raw []byte) float64 {
		t.Helper()
		var object monitoringv1.PrometheusRule
		if err := json.Unmarshal(raw, &object); err != nil {
			t.Fatal(err)
		}
		content, err := yaml.Marshal(object.Spec)
		if err != nil {
			t.Fatal(err)
		}
		bound := fileSizeBound(object.Spec)
		if len(content) > bound {
			t.Errorf("a bound of %d bytes, and %d bytes of YAML:\n%.300s", bound, len(content), raw)
		}
		return float64(len(content)) / float64(bound)
	}
	check := func(t *testing.T, spec monitoringv1.PrometheusRuleSpec) float64 {
		t.Helper()
		var raw bytes.Buffer
		e := json.NewEncoder(&raw)
		e.SetEscapeHTML(false) // other encoders write shorter JSON than Go
		if err := e.Encode(map[string]any{"spec": spec}); err != nil {
			t.Fatal(err)
		}
		return checkRaw(t, raw.Bytes())
	}
	specOf := func(text string) monitoringv1.PrometheusRuleSpec {
		key := strings.ReplaceAll(text[:min(len(text), 160)], "\u0085", "") // longer keys cannot be written
		return monitoringv1.PrometheusRuleSpec{Groups: []monitoringv1.RuleGroup{{
			Name: text, Labels: map[string]string{key: text},
			Rules: []monitoringv1.Rule{{
				Alert: text, Expr: intstr.FromString(text),
				Labels: map[string]string{key: text}, Annotations: map[string]string{key: text, "summary": text},
			}},
		}}}
	}

	worst := 0.0
	for _, piece := range pieces {
		for _, n := range []int{1, 1000} {
			worst = max(worst, check(t, specOf(strings.Repeat(piece, n))))
			worst = max(worst, check(t, specOf("x"+strings.Repeat(piece, n)+"x")))
			for _, other := range pieces {
				worst = max(worst, check(t, specOf(strings.Repeat(piece+other, min(n, 50)))))
			}
		}
	}
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		var text strings.Builder
		for range random.IntN(300) {
			text.WriteString(strings.Repeat(pieces[random.IntN(len(pieces))], 1+random.IntN(3)))
		}
		worst = max(worst, check(t, specOf(text.String())))
	}
	for _, many := range []string{ // small parts that YAML writes in full
		`{"spec":{"groups":[` + strings.Repeat(`{},`, 9999) + `{}]}}`,
		`{"spec":{"groups":[{"rules":[` + strings.Repeat(`{},`, 9999) + `{}]}]}}`,
		`{"spec":{"groups":[{"rules":[` + strings.Repeat(`{"for":""},`, 9999) + `{}]}]}}`,
	} {
		worst = max(worst, checkRaw(t, []byte(many)))
	}
	t.Logf("the worst text needs %.2f of its bound", worst)
}
