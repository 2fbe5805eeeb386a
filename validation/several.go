package validation

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/promgate/promgate/selection"
)

// CheckFor checks a decoded object for each Prometheus that selects it. Where their
// verdicts differ, the findings name the Prometheus objects that they are about. They deny
// all the same, because Prometheus rejects its entire configuration for one broken scrape
// configuration. A broken rule file costs no more than itself: there a denial becomes a
// warning if one of the Prometheus objects accepts the file ([Kind.OneSuffices]). It stays a
// denial if each refuses the file for a reason of its own.
func (k Kind) CheckFor(ctx context.Context, object any, selecting []Snapshot, want func(Info) Severity) ([]Finding, error) {
	if len(selecting) == 1 {
		return k.Check(ctx, object, selecting[0], want)
	}
	var all []*shared
	for i, s := range selecting {
		found, err := k.Check(ctx, object, s, want)
		if err != nil {
			return nil, err
		}
		all = mergeFindings(all, found, i)
	}
	oneAccepts := !eachDenies(all, len(selecting))
	findings := make([]Finding, len(all))
	for i, f := range all {
		findings[i] = f.Finding
		if len(f.by) == len(selecting) {
			continue
		}
		by := make([]Snapshot, len(f.by))
		for i, n := range f.by {
			by[i] = selecting[n]
		}
		if k.OneSuffices && oneAccepts && f.Severity == Deny {
			findings[i].Severity = Warn
		}
		findings[i].Problem = fmt.Sprintf("for %s: %s", listInstances(by), f.Problem)
	}
	return findings, nil
}

// eachDenies reports whether each of n snapshots has a finding that denies.
func eachDenies(all []*shared, n int) bool {
	denying := map[int]bool{}
	for _, f := range all {
		if f.Severity == Deny {
			for _, i := range f.by {
				denying[i] = true
			}
		}
	}
	return len(denying) == n
}

// listInstances names each Prometheus, then each ThanosRuler: "Prometheus a/b, c/d, ThanosRuler e/f". Where no
// instance selects the object it names the languages of those who read it: "readers of MetricsQL".
func listInstances(all []Snapshot) string {
	var names, rulers, alertmanagers, kinds []string
	for _, s := range all {
		switch p := s.Prometheus; {
		case !p.Known():
			kinds = append(kinds, "readers of "+string(cmp.Or(s.Language, selection.PromQL)))
		case p.Thanos:
			rulers = append(rulers, p.Name)
		case p.Alertmanager:
			alertmanagers = append(alertmanagers, p.Name)
		default:
			names = append(names, p.Name)
		}
	}
	if len(names) > 0 {
		kinds = append(kinds, "Prometheus "+strings.Join(names, ", "))
	}
	if len(rulers) > 0 {
		kinds = append(kinds, "ThanosRuler "+strings.Join(rulers, ", "))
	}
	if len(alertmanagers) > 0 {
		kinds = append(kinds, "Alertmanager "+strings.Join(alertmanagers, ", "))
	}
	return strings.Join(kinds, ", ")
}

// shared is a finding, and the snapshots that have it.
type shared struct {
	Finding

	by []int
}

// mergeFindings adds the findings of the n-th snapshot. A finding that occurs twice for one snapshot counts
// as two.
func mergeFindings(all []*shared, found []Finding, n int) []*shared {
	known := len(all)
	for _, f := range found {
		same := false
		for _, s := range all[:known] {
			if s.Check == f.Check && s.Key == f.Key && s.Path.Equal(f.Path) && s.by[len(s.by)-1] < n {
				s.by = append(s.by, n)
				same = true
				break
			}
		}
		if !same {
			all = append(all, &shared{Finding: f, by: []int{n}})
		}
	}
	return all
}
