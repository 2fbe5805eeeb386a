package change

import (
	"fmt"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// maxReasons is of how many refused objects the reason is given.
const maxReasons = 3

// selectionRefused is about objects that an instance selects and refuses after an update.
func selectionRefused[T any](at validation.Place) validation.Check[T] {
	return validation.Check[T]{
		ID: "selection-refused", Severity: validation.Warn,
		Doc: validation.Doc{
			Title: "A change makes an instance refuse what it selects",
			Text: `With this update a Prometheus, PrometheusAgent, ThanosRuler or Alertmanager selects objects that it refuses: because it
is another version, or without a feature flag, or has other limits, or because it newly selects them, by its selectors or by the
labels of a namespace. Each object was admitted when another version, or nothing, selected it. For one broken object
Prometheus refuses its whole configuration, unless the operator or the loop of promgate leaves that object out.

The first message counts and names the objects; for the first few, a message gives the first reason. What was refused
before is not named.

The webhooks read these objects from the API server, and only for this check: a limited number of them, for a part of the time that
the API server gives. The message says so if that was not enough for all. ` + "`promgate audit`" + ` and ` + "`promgate lint`" + ` look at all objects.

Correct the objects first, or change the instance in steps. Where the configuration sets this check to ` + "`deny`" + `, an update after which not
all objects could be looked at is refused as well.`,
			Since: "v0.1.0",
		},
		Run: func(_ T, s validation.Snapshot) []validation.Finding {
			var found []validation.Finding
			for i := range s.Refusals {
				found = append(found, refusedBy(at, s, &s.Refusals[i])...)
			}
			return found
		},
	}
}

func refusedBy(at validation.Place, s validation.Snapshot, r *validation.Refusals) []validation.Finding {
	refs := make([]selection.Ref, len(r.Objects))
	for i := range r.Objects {
		refs[i] = r.Objects[i].Ref
	}
	who := subject(s, r.Instance)
	switch {
	case len(refs) == 0 && r.Looked < r.Affected:
		return []validation.Finding{at.Finding(fmt.Sprintf("whether %s refuses what it then selects is not certain: %s, and it refuses none of these", who, looked(r)),
			"promgate audit looks at all", keyOf(r.Instance, nil))}
	case len(refs) == 0:
		return nil
	}
	problem := fmt.Sprintf("%s then refuses %s that it selects: %s", who, counted(refs), someOf(refs))
	if r.Looked < r.Affected {
		problem += "; " + looked(r)
	}
	found := []validation.Finding{at.Finding(problem, "correct them first", keyOf(r.Instance, refs))}
	for i := range r.Objects[:min(len(r.Objects), maxReasons)] {
		o := &r.Objects[i]
		found = append(found, at.Finding(reasonOf(o), "", validation.Key(r.Instance.String(), o.String())))
	}
	return found
}

// looked says of how many objects the verdict is known.
func looked(r *validation.Refusals) string {
	if r.Looked == 0 {
		return fmt.Sprintf("none of the %d objects concerned could be looked at in time", r.Affected)
	}
	return fmt.Sprintf("the first %d of the %d objects concerned were looked at", r.Looked, r.Affected)
}

// reasonOf gives the first reason why an object is refused.
func reasonOf(o *validation.Refusal) string {
	f := o.Reasons[0]
	where := ""
	if !f.Path.IsZero() {
		where = f.Path.String() + ": "
	}
	return fmt.Sprintf("%s: %s%s [%s]", o.Ref, where, f.Problem, f.Check)
}
