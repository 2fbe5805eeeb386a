package review

import (
	"context"
	"fmt"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Explain returns why an object is left out of a configuration. The judge has decided that
// it is; the checks say why, and the judge's own findings are the answer where no check has
// one.
func (r *Reviewer) Explain(object selection.Object, s validation.Snapshot, verdict []validation.Finding) []validation.Finding {
	var reasons []validation.Finding
	for _, f := range r.run(object, s, asInstalled) {
		if f.Severity == validation.Deny || f.LeavesOut {
			reasons = append(reasons, f)
		}
	}
	if len(reasons) == 0 {
		return verdict
	}
	return reasons
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
