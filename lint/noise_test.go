package lint_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/report/format"
)

// standInText is a Prometheus of the newest version, which selects everything, as --prometheus-version adds one.
const standInText = `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: prometheus, namespace: default, annotations: {promgate.dev/stand-in: "true"}}
spec:
  scrapeInterval: 30s
  evaluationInterval: 30s
  ruleSelector: {}
  ruleNamespaceSelector: {}
  serviceMonitorSelector: {}
  serviceMonitorNamespaceSelector: {}
  podMonitorSelector: {}
  podMonitorNamespaceSelector: {}
  probeSelector: {}
  probeNamespaceSelector: {}
  scrapeConfigSelector: {}
  scrapeConfigNamespaceSelector: {}
`

// TestNoise counts on how many objects of a corpus each check speaks up. Each directory of the corpus is a project, and is
// linted by itself. NOISE_CORPUS=DIR prints the table of another corpus (with -v), of real projects; see docs/figures.md.
func TestNoise(t *testing.T) {
	corpus := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(corpus, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const twoMistakes = "groups:\n- name: a\n  rules:\n  - {alert: A, expr: count(up) == 0}\n  - {alert: B, expr: count(x) == 0}\n"
	write("one/rules.yaml", twoMistakes)
	write("one/deep/rules.yaml", twoMistakes)
	write("one/right.yaml", "groups:\n- name: a\n  rules:\n  - {alert: A, expr: up == 0}\n")
	write("two/rules.yaml", "groups:\n- name: a\n  rules:\n  - {alert: A, expr: up == 0}\n")
	write("two/service.yaml", "kind: Service\napiVersion: v1\nmetadata: {name: x}\n")
	want := `2 projects, 4 objects: rules 4

| check | as installed | findings | objects | projects | of the objects of these kinds |
|---|---|---|---|---|---|
| never-true | warn | 4 | 2 | 1 | 50.00% |
`
	if diff := gocmp.Diff(want, measureNoise(t, corpus).table()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if dir := os.Getenv("NOISE_CORPUS"); dir != "" {
		t.Logf("%s\n%s", dir, measureNoise(t, dir).table())
	}
}

// noise is what the checks said of a corpus.
type noise struct {
	projects int
	objects  map[string]int // by kind
	checks   map[string]*spoken
}

// spoken is what one check said.
type spoken struct {
	severity string
	findings int
	objects  map[format.Object]bool
	kinds    map[string]bool
	projects map[string]bool
}

func measureNoise(t *testing.T, corpus string) noise {
	t.Helper()
	entries, err := os.ReadDir(corpus)
	if err != nil {
		t.Fatal(err)
	}
	n := noise{objects: map[string]int{}, checks: map[string]*spoken{}}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		files, err := load.Files([]string{filepath.Join(corpus, e.Name())}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := run(t, append(files, load.File{Name: "stand-in.yaml", Text: []byte(standInText)})...)
		n.projects++
		for _, o := range r.Checked {
			if o.File != "stand-in.yaml" {
				n.objects[o.Kind]++
			}
		}
		for _, f := range r.Findings {
			n.add(e.Name(), f)
		}
	}
	return n
}

func (n noise) add(project string, f format.Located) {
	s := n.checks[f.Finding.Check]
	if s == nil {
		s = &spoken{objects: map[format.Object]bool{}, kinds: map[string]bool{}, projects: map[string]bool{}}
		n.checks[f.Finding.Check] = s
	}
	s.severity = string(f.Finding.Severity)
	s.findings++
	s.objects[format.Object{File: f.File, Kind: f.Kind, Namespace: f.Namespace, Name: f.Name}] = true
	s.kinds[f.Kind] = true
	s.projects[project] = true
}

func (n noise) table() string {
	total, kinds := 0, []string{}
	for _, kind := range slices.Sorted(maps.Keys(n.objects)) {
		total += n.objects[kind]
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, n.objects[kind]))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d projects, %d objects: %s\n\n", n.projects, total, strings.Join(kinds, ", "))
	b.WriteString("| check | as installed | findings | objects | projects | of the objects of these kinds |\n|---|---|---|---|---|---|\n")
	byObjects := func(x, y string) int {
		return cmp.Or(cmp.Compare(len(n.checks[y].objects), len(n.checks[x].objects)), cmp.Compare(x, y))
	}
	for _, check := range slices.SortedFunc(maps.Keys(n.checks), byObjects) {
		s := n.checks[check]
		of := 0
		for kind := range s.kinds {
			of += n.objects[kind]
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %.2f%% |\n", check, s.severity, s.findings, len(s.objects), len(s.projects), 100*float64(len(s.objects))/float64(max(of, 1)))
	}
	return b.String()
}
