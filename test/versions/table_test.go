package versions

import (
	"slices"
	"testing"

	"github.com/promgate/promgate/dialect"
)

// TestTable fails if the table of package dialect and the releases disagree. With a selection of
// releases it compares what the table says about these.
func TestTable(t *testing.T) {
	engines := startAll(t)
	probes, err := Probes(engines)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[[2]string]bool{}
	for _, p := range probes {
		asked[[2]string{string(p.Kind), p.Name}] = true
		entry := dialect.Find(p.Kind, p.Name)
		for _, e := range engines {
			got, err := e.verdict(p)
			if err != nil {
				t.Fatal(err)
			}
			if want := tableVerdict(entry, e.Dialect()); entry != nil && got != want {
				t.Errorf("Prometheus %s: %s is %q in the table, and the release says %q", e.Version, entry, want, got)
			} else if entry == nil && got != "" && p.Kind != dialect.MetricKeyword && p.Kind != dialect.LabelKeyword {
				t.Errorf("Prometheus %s says %q of %s %s, which is not in the table", e.Version, got, p.Kind, p.Name)
			}
		}
	}
	if len(Releases()) < len(allReleases) {
		return // another release has what is missing here
	}
	for _, c := range dialect.Table() {
		if !asked[[2]string{string(c.Kind), c.Name}] {
			t.Errorf("%s is in the table, and no release has it: run go run ./generate", &c)
		}
	}
	table, err := Measure(engines)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(table, dialect.Table(), func(a, b dialect.Construct) bool {
		return a.Kind == b.Kind && a.Name == b.Name && slices.Equal(a.Accepted, b.Accepted)
	}) {
		t.Error("the table is not what the releases say: run go run ./generate")
	}
}

// tableVerdict is what the table says, as [Engine.verdict] says it. No entry means that all releases
// accept the construct.
func tableVerdict(c *dialect.Construct, v dialect.Version) string {
	switch {
	case c == nil:
		return ""
	case !c.Known(v):
		return refused
	}
	return c.Flag(v)
}

// TestProbesAreFound: package dialect finds in each probe the construct that the probe is for.
// Otherwise the table knows about it, and no check does.
func TestProbesAreFound(t *testing.T) {
	engines := startAll(t)
	probes, err := Probes(engines[len(engines)-1:])
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, p := range probes {
		entry := dialect.Find(p.Kind, p.Name)
		if entry == nil || !entry.Known(dialect.Latest()) || p.Name == dialect.UnquotedUTF8 {
			continue // the linked parser refuses it, or reads it with a feature flag alone
		}
		for _, text := range p.Exprs {
			expr, err := linked().ParseExpr(text)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			found++
			if !slices.ContainsFunc(dialect.Uses(text, expr), func(u dialect.Use) bool { return u.Construct == entry }) {
				t.Errorf("%s: not found in %s", entry, text)
			}
		}
	}
	if found < 50 {
		t.Errorf("%d probes: too few to prove anything", found)
	}
}

// TestSignatures fails if a function has other arguments in another release: the table says only in which releases a
// function is.
func TestSignatures(t *testing.T) {
	type first struct {
		Function

		in string
	}
	known := map[string]first{}
	for _, e := range startAll(t) {
		functions, err := e.Functions()
		if err != nil {
			t.Fatal(err)
		}
		for name, f := range functions {
			before, ok := known[name]
			if !ok {
				known[name] = first{f, e.Version}
			} else if !slices.Equal(before.Args, f.Args) || before.Variadic != f.Variadic || before.Returns != f.Returns {
				t.Errorf("%s is %+v in %s, and %+v in %s", name, before.Function, before.in, f, e.Version)
			}
		}
	}
	if len(known) < 60 {
		t.Errorf("only %d functions are known", len(known))
	}
}
