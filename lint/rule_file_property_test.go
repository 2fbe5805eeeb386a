package lint_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/validation/file"
)

// TestRuleFilesLikeTheLoader: a random rule file is denied if, and only if, Prometheus' rule loader
// refuses it.
func TestRuleFilesLikeTheLoader(t *testing.T) {
	const files = 1500
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	refused := 0
	for range files {
		text := randomRuleFile(random)
		_, errs := loadRules(text)
		r := run(t, load.File{Name: "rules.yaml", Text: []byte(text)})
		if (len(errs) > 0) != (r.Summary.Deny > 0) {
			t.Fatalf("the loader: %v\nlint: %+v\n%s", errs, r.Findings, text)
		}
		if len(errs) > 0 {
			refused++
		}
		for _, f := range r.Findings {
			if f.Finding.Check == file.RuleFile && f.Finding.Path.String() == "spec.groups" {
				t.Fatalf("no exact place: %s\n%s", f.Finding.Problem, text)
			}
		}
	}
	if refused < files/5 || refused > files*4/5 {
		t.Errorf("%d of %d files are refused: the test is one-sided", refused, files)
	}
}

// ruleFields are the fields of a rule with values, the first of which is usual.
var ruleFields = []struct {
	name   string
	values []string
}{
	{"expr", []string{"up == 0", "1", "'up'", `"sum(up"`, "''", "[up]", "up{a=\"b\"} > 1e3", "'holt_winters(up[5m], 0.1, 0.1)'", "null"}},
	{"for", []string{"5m", "0s", "1d12h", "5", "x", "''", "-1m", "null"}},
	{"keep_firing_for", []string{"5m", "1w", "''", "forever"}},
	{"labels", []string{"{severity: page}", "{severity: 1}", "{on: 'yes', off: no}", "{a: {b: c}}", "{'a b': c}", "{__name__: x}", "{a: b, a: c}", "{}", "null", "[a]"}},
	{"annotations", []string{"{summary: '{{ $labels.a }}'}", "{summary: '{{ $labels. }}'}", "{summary: 5.0}", "{'x-y': z}", "null"}},
	{"unknown", []string{"1"}},
	{"Expr", []string{"up"}},
}

func randomRuleFile(random *rand.Rand) string {
	// pick returns the usual value most of the time.
	pick := func(values []string) string {
		if random.IntN(12) > 0 {
			return values[0]
		}
		return values[random.IntN(len(values))]
	}
	var b strings.Builder
	b.WriteString("groups:\n")
	for g := range 1 + random.IntN(2) {
		fmt.Fprintf(&b, "- name: %s\n", pick([]string{fmt.Sprintf("g%d", g), "g0", "''", "5", "null"}))
		for _, field := range []string{"interval", "query_offset", "limit", "labels", "partial_response_strategy", "source_tenants"} {
			if random.IntN(8) == 0 {
				fmt.Fprintf(&b, "  %s: %s\n", field, pick([]string{"1m", "5", "-1", "{a: b}", "warn", "x"}))
			}
		}
		b.WriteString("  rules:\n")
		for r := range 1 + random.IntN(3) {
			fmt.Fprintf(&b, "  - %s\n", pick([]string{fmt.Sprintf("alert: A%d", r), fmt.Sprintf("record: a:b%d", r), "record: 'a b'", "alert: ''", "alert: A\n    record: a", "alert: null"}))
			for i, field := range ruleFields {
				if i == 0 || random.IntN(3) == 0 && i < 5 || random.IntN(60) == 0 {
					fmt.Fprintf(&b, "    %s: %s\n", field.name, pick(field.values))
				}
			}
		}
	}
	return b.String()
}
