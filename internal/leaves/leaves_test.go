package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// TestEveryLeafHasAnOwner: the tables list every leaf of the Go types, and nothing else. With a new
// release of the operator's API this test shows the new fields.
func TestEveryLeafHasAnOwner(t *testing.T) {
	for _, k := range ownedKinds {
		table, err := tableOf(k)
		if err != nil {
			t.Fatal(err)
		}
		leaves := leavesOf(k)
		known := map[string]bool{}
		for _, l := range leaves {
			known[l.path] = true
			if len(table.owners[l.path]) == 0 {
				t.Errorf("%s: %s has no owner: list it in tables/%s.txt", k.table, l.path, k.table)
			}
		}
		for path := range table.owners {
			if !known[path] {
				t.Errorf("%s: there is no leaf %s", k.table, path)
			}
		}
		for _, places := range []map[string]map[string]any{table.with, table.beside} {
			for path := range places {
				if !leadsToALeaf(path, leaves) {
					t.Errorf("%s: nothing is at %s", k.table, path)
				}
			}
		}
	}
}

func leadsToALeaf(path string, leaves []leaf) bool {
	return slices.ContainsFunc(leaves, func(l leaf) bool {
		rest, ok := strings.CutPrefix(l.path, path)
		return ok && (rest == "" || strings.ContainsRune(".[{", rune(rest[0])))
	})
}

// TestOwners: checks report the values that they own. No other edge value that the CRD would admit
// is denied.
func TestOwners(t *testing.T) {
	j, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := allCases()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]validation.Kind{}
	for _, k := range builtin.Kinds() {
		kinds[k.GroupVersion().String()+" "+k.Kind] = k
	}
	schemas := schema.New()
	told := map[string]bool{}
	var mutex sync.Mutex
	var workers sync.WaitGroup
	queue := make(chan testCase)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for c := range queue {
				raw, refused, err := admitted(t, schemas, c)
				if err != nil {
					t.Error(err)
				}
				if len(refused) > 0 {
					continue
				}
				found, err := kinds[c.version()+" "+c.Kind].Run(t.Context(), raw, j.Snapshot(), checktest.AsInstalled)
				if err != nil {
					t.Error(err)
				}
				wrong := c.wrong(validation.Settled(found))
				mutex.Lock()
				// One error for each leaf is enough.
				if key := c.Table + c.Leaf + c.Owner; wrong != "" && !told[key] {
					told[key] = true
					t.Errorf("%s: %s: %s\n%.400s", c.Table, c.Leaf, wrong, raw[strings.Index(string(raw), `"spec"`):])
				}
				mutex.Unlock()
			}
		})
	}
	for _, c := range cases {
		queue <- c // what the CRD refuses gets no further
	}
	close(queue)
	workers.Wait()
	t.Logf("%d cases", len(cases))
}

// wrong returns what is wrong with the findings on a case, or "".
func (c testCase) wrong(found []validation.Finding) string {
	if c.Owner == checked {
		for _, f := range found {
			if f.Check == c.Checks[0] && slices.ContainsFunc(c.Fields, func(field string) bool { return about(f.Path.String(), field) }) {
				return ""
			}
		}
		return fmt.Sprintf("check %s should report this at %s, but the findings are\n%s", c.Checks[0], c.Fields[0], lines(found))
	}
	for _, f := range found {
		if f.Severity == validation.Deny && f.Check != "object-shape" && !slices.Contains(c.Checks, f.Check) {
			return "this is denied, but the table has no check for it: " + report.Line(f, report.Limits{})
		}
	}
	return ""
}

// about reports whether a finding is about a field, a part of it, or a part that contains it.
func about(path, field string) bool {
	if len(path) > len(field) {
		path, field = field, path
	}
	rest, ok := strings.CutPrefix(field, path)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func lines(found []validation.Finding) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString(report.Line(f, report.Limits{}) + "\n")
	}
	return b.String()
}
