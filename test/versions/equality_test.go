package versions

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/validation"
)

// TestEquality compares promgate's verdict for a version with the verdict of that version's own
// parser, for each release, without feature flags, with each of them, and with all.
func TestEquality(t *testing.T) {
	engines := startAll(t)
	probes, err := Probes(engines)
	if err != nil {
		t.Fatal(err)
	}
	exprs := corpus(t, filepath.Join("..", ".."))
	ours := len(exprs)
	if dir := os.Getenv("VERSIONS_CORPUS"); dir != "" {
		exprs = append(exprs, corpus(t, dir)...)
	}
	for _, p := range probes {
		exprs = append(exprs, p.Exprs...)
	}
	seed, n := setting(t, "VERSIONS_SEED", 1), setting(t, "VERSIONS_EXPRESSIONS", 2000)
	g := NewGrammar(uint64(seed), probes)
	for range n {
		exprs = append(exprs, g.Expr(g.IntN(4)))
	}
	exprs = unique(exprs)
	objects := make([]*monitoringv1.PrometheusRule, len(exprs))
	for i, expr := range exprs {
		if objects[i], err = objectOf(expr); err != nil {
			t.Fatal(err)
		}
	}

	total := tally{reasons: map[string]int{}, shown: map[string]bool{}}
	memo := validation.NewMemo(validation.RunMemory, nil)
	for _, e := range engines {
		t.Run(e.Version, func(t *testing.T) {
			for _, flags := range flagSets(e) {
				gate, err := NewGate(e.Version, flags, memo)
				if err != nil {
					t.Fatal(err)
				}
				for i, expr := range exprs {
					total.compare(t, e, gate, flags, expr, objects[i])
				}
			}
		})
	}
	t.Logf("%d expressions (%d from this repository), %d comparisons: %d accepted by both, %d refused by both, %d explained", len(exprs), ours, total.all, total.accepted, total.refused, total.explained())
	for reason, n := range total.reasons {
		t.Logf("%6d %s", n, reason)
	}
	if total.accepted < total.all/10 || total.refused < total.all/10 {
		t.Error("too few of one kind to prove anything")
	}
	for _, d := range disagreements {
		if os.Getenv("VERSIONS") == "" && total.reasons[d.reason] == 0 {
			t.Errorf("no difference has the reason %q any more: remove it", d.reason)
		}
	}
}

// A tally counts comparisons.
type tally struct {
	all, accepted, refused int
	reasons                map[string]int
	shown                  map[string]bool
}

func (c *tally) explained() int {
	n := 0
	for _, of := range c.reasons {
		n += of
	}
	return n
}

// maxShown bounds how many differences are shown.
const maxShown = 40

func (c *tally) compare(t *testing.T, e *Engine, gate *Gate, flags []string, expr string, object *monitoringv1.PrometheusRule) {
	t.Helper()
	said, err := e.Expr(expr, flags...)
	if err != nil {
		t.Fatal(err)
	}
	denied, err := gate.Denied(t.Context(), object)
	if err != nil {
		t.Fatal(err)
	}
	c.all++
	switch {
	case len(said) == 0 && len(denied) == 0:
		c.accepted++
	case len(said) > 0 && len(denied) > 0:
		c.refused++
	default:
		if reason := explained(disagreements, e.Dialect(), len(said) == 0, strings.Join(append(said, denied...), "\n")); reason != "" {
			c.reasons[reason]++
			return
		}
		t.Fail()
		if key := e.Version + expr; !c.shown[key] && len(c.shown) < maxShown {
			c.shown[key] = true
			t.Logf("%s\nwith the feature flags %v: the release says %q, promgate %q", expr, flags, said, denied)
		}
	}
}

// flagSets returns no flags, each flag alone, and all of them. The feature flag for unquoted names in
// UTF-8 is left out: promgate does not read expressions with it.
func flagSets(e *Engine) [][]string {
	known := slices.DeleteFunc(slices.Clone(e.Flags), func(f string) bool { return f == "promql-unquoted-utf8-names" })
	sets := [][]string{nil}
	for _, f := range known {
		sets = append(sets, []string{f})
	}
	if len(known) > 1 {
		sets = append(sets, known)
	}
	return sets
}

func startAll(t *testing.T) []*Engine {
	t.Helper()
	engines, err := StartAll(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := CloseAll(engines); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return engines
}

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// corpus returns the expressions of all rules in the YAML files and cases in a directory.
func corpus(t *testing.T, root string) []string {
	t.Helper()
	var exprs []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		switch filepath.Ext(file) {
		case ".yaml", ".yml":
			exprs = append(exprs, exprsOf(string(data))...)
		case ".txtar":
			for _, f := range txtar.Parse(data).Files {
				exprs = append(exprs, exprsOf(string(f.Data))...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	exprs = unique(exprs)
	if len(exprs) < 200 {
		t.Errorf("the corpus has %d expressions: is it whole?", len(exprs))
	}
	return exprs
}

// exprsOf returns the values of all fields expr in a text of YAML documents. A document that is no
// YAML, such as a template of Helm, has none.
func exprsOf(text string) []string {
	var exprs []string
	for document := range strings.SplitSeq(text, "\n---") {
		var value any
		if yaml.Unmarshal([]byte(document), &value) == nil {
			exprs = collect(value, exprs)
		}
	}
	return exprs
}

func collect(value any, exprs []string) []string {
	switch v := value.(type) {
	case []any:
		for _, child := range v {
			exprs = collect(child, exprs)
		}
	case map[string]any:
		for key, child := range v {
			if text, ok := child.(string); ok && key == "expr" && len(text) < 10_000 {
				exprs = append(exprs, text)
			}
			exprs = collect(child, exprs)
		}
	}
	return exprs
}
