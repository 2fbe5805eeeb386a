package versions

import (
	"path/filepath"
	"testing"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

// TestThanosTable holds package dialect's list of the releases of Thanos against their own loaders: each reads every
// probe as the release of Prometheus that the list names.
func TestThanosTable(t *testing.T) {
	probes := allProbes(t)
	for _, e := range startRulers(t) {
		thanos := dialect.VersionOf(semver.MustParse(e.Version))
		of := dialect.OfThanos(thanos)
		for _, p := range probes {
			entry := dialect.Find(p.Kind, p.Name)
			if entry == nil || p.Kind == dialect.GroupField || p.Kind == dialect.RuleField {
				continue // the operator omits the fields that are too new, by the version of Thanos
			}
			got, err := e.verdict(p)
			if err != nil {
				t.Fatal(err)
			}
			want := tableVerdict(entry, of)
			if want != "" && want != refused && len(dialect.ThanosFeatures(thanos, []string{want})) == 0 {
				want = refused // Thanos does not have the flag
			}
			if got != want {
				t.Errorf("Thanos %s, as Prometheus %s: %s is %q in the table, and the release says %q", e.Version, of, entry, want, got)
			}
		}
	}
}

// TestThanosEquality compares, for each release of Thanos, promgate's verdict on rules with what the operator and then
// the release's own manager of rules say of the rule file.
func TestThanosEquality(t *testing.T) {
	probes := allProbes(t)
	objects := ruleObjects(t, probes)
	for _, expr := range thanosExpressions(t, probes) {
		o, err := objectOf(expr)
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, o)
	}
	objects = append(objects, strategies(t)...)
	all, refusedByThanos, refusedByOperator, differ := 0, 0, 0, 0
	memo := validation.NewMemo(validation.RunMemory, nil)
	for _, e := range startRulers(t) {
		for _, flags := range flagSets(e) {
			gate, err := NewRulerGate(e.Version, flags, memo)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range objects {
				content, said, rejected := gate.Render(o)
				if rejected {
					continue
				}
				denied, err := gate.Denied(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				all++
				if len(said) > 0 {
					refusedByOperator++
				} else if said, err = e.Rules(content, flags...); err != nil {
					t.Fatal(err)
				} else if len(said) > 0 {
					refusedByThanos++
				}
				if (len(said) > 0) == (len(denied) > 0) {
					continue
				}
				if reason := explained(disagreements, dialect.OfThanos(dialect.VersionOf(semver.MustParse(e.Version))), len(said) == 0, first(said)+first(denied)); reason != "" {
					continue
				}
				if differ++; differ > maxShown {
					t.Fatalf("%d differences", differ)
				}
				t.Errorf("Thanos %s with %v: the operator and Thanos say %q, promgate %q on\n%s", e.Version, flags, said, denied, content)
			}
		}
	}
	t.Logf("%d objects, %d comparisons: %d refused by the operator, %d by Thanos", len(objects), all, refusedByOperator, refusedByThanos)
	if refusedByThanos < all/100 || refusedByThanos+refusedByOperator > all*19/20 {
		t.Error("too few of one kind to prove anything")
	}
}

// strategies returns objects with each strategy for partial responses that the CRD permits.
func strategies(t *testing.T) []*monitoringv1.PrometheusRule {
	t.Helper()
	var objects []*monitoringv1.PrometheusRule
	for _, strategy := range []string{"", "abort", "ABORT", "Warn", "warn"} {
		object := decodeSpec(t, groupWith)
		object.Spec.Groups[0].PartialResponseStrategy = strategy
		objects = append(objects, object)
	}
	return objects
}

func thanosExpressions(t *testing.T, probes []Probe) []string {
	t.Helper()
	exprs := corpus(t, filepath.Join("..", ".."))
	for _, p := range probes {
		exprs = append(exprs, p.Exprs...)
	}
	g := NewGrammar(uint64(setting(t, "VERSIONS_SEED", 1)), probes)
	for range setting(t, "VERSIONS_EXPRESSIONS", 2000) / 4 {
		exprs = append(exprs, g.Expr(g.IntN(4)))
	}
	return unique(exprs)
}

// allProbes returns the probes of the newest release of Prometheus: what only others have is in the table.
func allProbes(t *testing.T) []Probe {
	t.Helper()
	releases := Releases()
	e, err := Start(t.Context(), releases[len(releases)-1])
	if err != nil {
		t.Fatal(err)
	}
	probes, err := Probes([]*Engine{e})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return append(probes, Probe{Kind: dialect.Function, Name: "holt_winters", Exprs: []string{"holt_winters(up[5m], 1, 1)"}})
}

func startRulers(t *testing.T) []*Engine {
	t.Helper()
	var engines []*Engine
	for _, r := range ThanosReleases() {
		e, err := StartThanos(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		engines = append(engines, e)
	}
	t.Cleanup(func() {
		if err := CloseAll(engines); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return engines
}

func first(said []string) string {
	if len(said) == 0 {
		return ""
	}
	return said[0]
}
