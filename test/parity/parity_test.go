package parity

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestParity runs the table and the random objects, and then checks that each deliberate difference
// occurred.
func TestParity(t *testing.T) {
	ledger, ran := NewLedger(), 0
	t.Run("Table", func(t *testing.T) { ran++; table(t, ledger) })
	t.Run("Large", func(t *testing.T) { large(t, ledger) })
	t.Run("Random", func(t *testing.T) { ran++; random(t, ledger) })
	report(t, ledger)
	for _, id := range slices.Sorted(maps.Keys(ledger.Explained)) {
		t.Logf("%6d differences explained by %s", ledger.Explained[id], id)
	}
	if ran < 2 {
		return
	}
	for _, id := range ledger.Idle() {
		t.Errorf("the deliberate difference %s explained nothing: remove it if it no longer exists", id)
	}
}

func table(t *testing.T, ledger *Ledger) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		cases, err := readCases(file, rig.schemas)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				answer, _ := check(t, ledger, c.Request)
				if c.Fails != (answer.Error != "") {
					t.Errorf("the operator's error is %q", answer.Error)
				}
				for object, reason := range answer.Rejected {
					if !slices.Contains(c.Rejected, object) {
						t.Errorf("the operator rejects %s: %s", object, reason)
					}
				}
				for _, object := range c.Rejected {
					if _, ok := answer.Rejected[object]; !ok {
						t.Errorf("the operator does not reject %s", object)
					}
				}
			})
		}
	}
}

// large has more rules than fit into two ConfigMaps, in files that fit into a ConfigMap in twos,
// threes or alone.
func large(t *testing.T, ledger *Ledger) {
	cases, err := readCases(filepath.Join("testdata", "rules.txtar"), rig.schemas)
	if err != nil {
		t.Fatal(err)
	}
	r := cases[0].Request
	for i, size := range []int{300, 200, 150, 400, 100, 10, 500, 20, 511} {
		r.add(map[string]any{
			"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
			"metadata": map[string]any{"namespace": "shop", "name": "large-" + strconv.Itoa(i), "uid": strconv.Itoa(i)},
			"spec": map[string]any{"groups": []any{map[string]any{"name": "g", "rules": []any{map[string]any{
				"record": "a", "expr": "up", "labels": map[string]any{"filler": strings.Repeat("x", size<<10)},
			}}}}},
		})
	}
	if a, _ := check(t, ledger, r); len(a.RuleConfigMaps) < 4 {
		t.Errorf("the rules went into %v", a.RuleConfigMaps)
	}
}

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("reading %s: %v", name, err)
	}
	return n
}

// mostRejected is the percentage of objects of a kind that the operator may reject, because the
// generator should make mostly valid objects.
const mostRejected = 35

func random(t *testing.T, ledger *Ledger) {
	seed, requests := number(t, "PARITY_SEED", 1), number(t, "PARITY_REQUESTS", 800)
	coverage := NewCoverage()
	g := NewGenerator(uint64(seed), rig.schemas, coverage, rig.fixtures) //nolint:gosec // Any number will do.
	failed := 0
	for i := range requests {
		r := g.Request()
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			a, p := check(t, ledger, r)
			if a.Error != "" {
				failed++
			}
			if err := coverage.Count(r, a, p); err != nil {
				t.Fatal(err)
			}
			if t.Failed() {
				t.Logf("seed %d, request %d", seed, i)
			}
		})
	}
	t.Logf("%d of %d syncs failed, objects rejected %v, included %v, compared %v", failed, requests, coverage.Rejected, coverage.Taken, coverage.Compared)
	if failed*100 > requests*mostRejected {
		t.Errorf("the operator's sync failed for %d of %d", failed, requests)
	}
	for kind, rejected := range coverage.Rejected {
		if all := coverage.Taken[kind] + rejected; rejected*100 > all*mostRejected {
			t.Errorf("the operator rejects %d of %d %ss", rejected, all, kind)
		}
	}
	for _, leaf := range coverage.Lacking(rig.schemas) {
		t.Errorf("too few objects had %s", leaf)
	}
}

// check asks both sides, reports the differences that are not explained, and returns the answers.
func check(t *testing.T, ledger *Ledger, r *Request) (operator, promgate *Answer) {
	t.Helper()
	operator, promgate, left, err := ask(ledger, r)
	if err != nil {
		t.Fatalf("%v\n%s", err, dump(t, r))
	}
	for _, d := range left {
		t.Errorf("not explained: %s", d.Cause())
		ledger.Leave(d, r)
	}
	return operator, promgate
}

// ask returns the answers of both sides, and the differences that the list of deliberate
// differences does not explain.
func ask(ledger *Ledger, r *Request) (operator, promgate *Answer, left []Difference, err error) {
	if operator, err = rig.reference.Ask(r); err != nil {
		return nil, nil, nil, err
	}
	if promgate, err = askPromgate(r); err != nil {
		return nil, nil, nil, err
	}
	left, err = ledger.Unexplained(r, operator, promgate)
	return operator, promgate, left, err
}

// report logs the unexplained differences by cause, the most frequent first.
func report(t *testing.T, ledger *Ledger) {
	t.Helper()
	// An example with the fewest objects takes seconds to find.
	shown := number(t, "PARITY_EXAMPLES", 5)
	for i, left := range ledger.Left() {
		text := fmt.Sprintf("%d times %s, for example\n%s", left.Count, left.Cause, left.Example)
		if i < shown {
			text += "\nof the objects\n" + dump(t, minimal(left.Request, left.Cause))
		}
		t.Error(text)
	}
}

// dump formats a request as YAML, without the objects that all requests have.
func dump(t *testing.T, r *Request) string {
	t.Helper()
	text := ""
	for _, data := range r.Objects {
		if slices.ContainsFunc(rig.fixtures, func(f json.RawMessage) bool { return string(f) == string(data) }) {
			continue
		}
		object, err := yaml.JSONToYAML(data)
		if err != nil {
			t.Fatal(err)
		}
		text += "---\n" + string(object)
	}
	gates, err := json.Marshal(r.Gates)
	if err != nil {
		t.Fatal(err)
	}
	return text + "# gates " + string(gates) + "\n"
}
