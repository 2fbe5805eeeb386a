package review

import (
	"context"
	"fmt"
	"slices"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Explain returns why an object is left out of a configuration. The judge has decided that
// it is, with what Secrets and ConfigMaps hold; the checks say why. The judge's own findings
// are added for what only those can tell: a Secret that is missing, for one. The snapshot is one for
// which no Secrets are read, as at the other doors: otherwise the loader would complain about
// what would come from a missing Secret.
func (r *Reviewer) Explain(object selection.Object, s validation.Snapshot, verdict []validation.Finding) []validation.Finding {
	var reasons, weaker []validation.Finding
	for _, f := range r.run(object, s, asInstalled) {
		switch {
		case f.Severity == validation.Deny || f.LeavesOut:
			reasons = append(reasons, f)
		case slices.ContainsFunc(verdict, func(v validation.Finding) bool { return f.Path.Within(v.Path) }):
			weaker = append(weaker, f) // a warning elsewhere, since not every engine refuses the object
		}
	}
	if len(reasons) == 0 {
		reasons = weaker
	}
	for _, v := range unweighed(object, s, verdict) {
		if !slices.ContainsFunc(reasons, related(v)) {
			reasons = append(reasons, v)
		}
	}
	return reasons
}

// unweighed returns what is in a verdict only because of what Secrets and ConfigMaps hold. All
// else the checks have weighed: a review finds it at every door.
func unweighed(object selection.Object, s validation.Snapshot, verdict []validation.Finding) []validation.Finding {
	if s.Judge == nil {
		return verdict
	}
	static := s.Judge.Object(object)
	weighed := slices.Concat(static.Refused, static.LeftOut)
	var rest []validation.Finding
	for _, v := range verdict {
		if !slices.ContainsFunc(weighed, related(v)) {
			rest = append(rest, v)
		}
	}
	return rest
}

// related returns a function that reports whether a finding is about the same place as
// another, about a part of it, or about what it is a part of.
func related(other validation.Finding) func(validation.Finding) bool {
	return func(f validation.Finding) bool { return f.Path.Within(other.Path) || other.Path.Within(f.Path) }
}

// Lost returns why the endpoint of a monitor that lost a clash is left out: what the check
// duplicate-job finds.
func (r *Reviewer) Lost(object selection.Object, s validation.Snapshot, clash jobs.Clash) validation.Finding {
	s.Clashes = []jobs.Clash{clash}
	for _, f := range r.run(object, s, only("duplicate-job")) {
		return f
	}
	return validation.Finding{
		Check: "duplicate-job", Severity: validation.Deny, Path: fieldpath.New("spec"),
		Problem: fmt.Sprintf("%s scrapes the same under the same job", clash.Rival.Ref),
	}
}

// Repeated returns why an endpoint is left out that scrapes what an earlier one of the same
// monitor scrapes: what the check endpoint-repeated finds, unless the two differ in what
// that check looks at and nothing else does.
func (r *Reviewer) Repeated(object selection.Object, s validation.Snapshot, first, second fieldpath.Path) validation.Finding {
	for _, f := range r.run(object, s, only("endpoint-repeated")) {
		if f.Path.Equal(second) {
			return f
		}
	}
	return validation.Finding{
		Check: "endpoint-repeated", Severity: validation.Deny, Path: second,
		Problem: fmt.Sprintf("scrapes what %s scrapes, under the same job", first),
		Fix:     "remove one of the two, or set another job, path or params",
	}
}

// run runs checks on an object that is decoded already. What cannot be checked has no
// findings.
func (r *Reviewer) run(object selection.Object, s validation.Snapshot, severity func(validation.Info) validation.Severity) []validation.Finding {
	known, ok := selection.KindOf(object)
	if !ok {
		return nil
	}
	for _, k := range r.Kinds {
		if k.GroupVersionKind != known.GroupVersionKind {
			continue
		}
		found, err := k.Check(context.Background(), object, s, severity)
		if err != nil {
			return nil
		}
		return validation.Settled(found)
	}
	return nil
}

func asInstalled(check validation.Info) validation.Severity { return check.Severity }

// only leaves one check on.
func only(id string) func(validation.Info) validation.Severity {
	return func(check validation.Info) validation.Severity {
		if check.ID == id {
			return check.Severity
		}
		return validation.Off
	}
}
