package review

import (
	"slices"
	"testing"
	"time"

	"github.com/promgate/promgate/validation"
)

// TestSuppress: an annotation suppresses the findings of a check as far as the configuration permits,
// and until its date.
func TestSuppress(t *testing.T) {
	today := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		annotation   string
		suppressions validation.Suppressions
		kept         []string
	}{
		"None":         {kept: []string{"expr-syntax", "rule-repeated"}},
		"Warning":      {annotation: "rule-repeated an example\\n", kept: []string{"expr-syntax"}},
		"Denial":       {annotation: "expr-syntax an example", kept: []string{"expr-syntax", "rule-repeated"}},
		"AllPermitted": {annotation: "expr-syntax an example\\nrule-repeated an example", suppressions: validation.SuppressAll},
		"Forbidden":    {annotation: "rule-repeated an example", suppressions: validation.SuppressNone, kept: []string{"expr-syntax", "rule-repeated"}},
		"Expired":      {annotation: "rule-repeated until=2026-06-01 an example", kept: []string{"expr-syntax", "rule-repeated"}},
		"InTime":       {annotation: "rule-repeated until=2026-06-02 an example", kept: []string{"expr-syntax"}},
		"NoReason":     {annotation: "rule-repeated", kept: []string{"expr-syntax", "rule-repeated"}},
	} {
		t.Run(name, func(t *testing.T) {
			object := `{"metadata":{"name":"a","namespace":"b","annotations":{"promgate.dev/ignore-checks":"` + c.annotation + `"}},
				"spec":{"groups":[{"name":"g","rules":[{"record":"a:b","expr":"sum(up"},{"record":"a:c","expr":"up"},{"record":"a:c","expr":"up"}]}]}}`
			r := Reviewer{Kinds: []validation.Kind{kindNamed(t, "PrometheusRule")}}
			result, err := r.Review(t.Context(), Request{
				Kind: r.Kinds[0], Namespace: "b", Name: "a", Object: []byte(object),
				Settings: Settings{Severity: severe, Suppressions: c.suppressions, Today: today},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer result.Close(true)
			if got := checksOf(result.Findings); !slices.Equal(got, c.kept) {
				t.Errorf("got %v, want %v", got, c.kept)
			}
			if all := len(result.Findings) + len(result.Suppressed); all != 2 {
				t.Errorf("%d findings in all", all)
			}
		})
	}
}

func checksOf(found []validation.Finding) []string {
	var checks []string
	for _, f := range found {
		checks = append(checks, f.Check)
	}
	slices.Sort(checks)
	return checks
}
