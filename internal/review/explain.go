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

// Explain returns why an object is left out of a configuration. The judge has decided so, knowing
// the content of Secrets and ConfigMaps; the checks say why. Explain adds the judge's own findings
// where only the judge can know, for example that a Secret is missing. The snapshot must be one
// without Secrets, as in an admission review: otherwise the loader would complain about the
// consequences of a missing Secret.
func (r *Reviewer) Explain(object selection.Object, s validation.Snapshot, verdict []validation.Finding) []validation.Finding {
	var reasons, weaker []validation.Finding
	for _, f := range r.run(context.Background(), object, s, defaultSeverity) {
		switch {
		case f.Severity == validation.Deny || f.LeavesOut:
			reasons = append(reasons, f)
		case slices.ContainsFunc(verdict, func(v validation.Finding) bool { return f.Path.Within(v.Path) }):
			weaker = append(weaker, f) // elsewhere a warning, because not every engine refuses the object
		}
	}
	if len(reasons) == 0 {
		reasons = weaker
	}
	for _, v := range assetFindings(object, s, verdict) {
		if !slices.ContainsFunc(reasons, relatedTo(v)) {
			reasons = append(reasons, v)
		}
	}
	return reasons
}

// assetFindings returns the part of a verdict that depends on the content of Secrets and ConfigMaps.
// The checks have seen everything else.
func assetFindings(object selection.Object, s validation.Snapshot, verdict []validation.Finding) []validation.Finding {
	if s.Judge == nil {
		return verdict
	}
	static := s.Judge.Object(object)
	weighed := slices.Concat(static.Refused, static.LeftOut)
	var rest []validation.Finding
	for _, v := range verdict {
		if !slices.ContainsFunc(weighed, relatedTo(v)) {
			rest = append(rest, v)
		}
	}
	return rest
}

// relatedTo returns a function that reports whether a finding is about the same place as one of the
// others, about a part of it, or about a place that contains it.
func relatedTo(other validation.Finding) func(validation.Finding) bool {
	return func(f validation.Finding) bool { return f.Path.Within(other.Path) || other.Path.Within(f.Path) }
}

// Lost returns the finding for an endpoint that lost a clash: the finding of the check
// duplicate-job.
func (r *Reviewer) Lost(object selection.Object, s validation.Snapshot, clash jobs.Clash) validation.Finding {
	s.Clashes = []jobs.Clash{clash}
	for _, f := range r.run(context.Background(), object, s, onlyCheck("duplicate-job")) {
		return f
	}
	return validation.Finding{
		Check: "duplicate-job", Severity: validation.Deny, Path: fieldpath.New("spec"),
		Problem: fmt.Sprintf("%s scrapes the same target under the same job", clash.Rival.Ref),
	}
}

// Repeated returns the finding for an endpoint that scrapes the same targets as an earlier endpoint
// of the same monitor: the finding of the check endpoint-repeated, or a general one if that check
// sees a difference that does not matter here.
func (r *Reviewer) Repeated(object selection.Object, s validation.Snapshot, first, second fieldpath.Path) validation.Finding {
	for _, f := range r.run(context.Background(), object, s, onlyCheck("endpoint-repeated")) {
		if f.Path.Equal(second) {
			return f
		}
	}
	return validation.Finding{
		Check: "endpoint-repeated", Severity: validation.Deny, Path: second,
		Problem: fmt.Sprintf("scrapes the same targets as %s, under the same job", first),
		Fix:     "remove one of the two, or set another job, path or params",
	}
}

// run runs checks on a decoded object. If the object cannot be checked, there are no findings.
func (r *Reviewer) run(ctx context.Context, object selection.Object, s validation.Snapshot, severity func(validation.Info) validation.Severity) []validation.Finding {
	known, ok := selection.KindOf(object)
	if !ok {
		return nil
	}
	for _, k := range r.Kinds {
		if k.GroupVersionKind != known.GroupVersionKind {
			continue
		}
		found, err := k.Check(ctx, object, s, severity)
		if err != nil {
			return nil
		}
		return validation.Settled(found)
	}
	return nil
}

func defaultSeverity(check validation.Info) validation.Severity { return check.Severity }

// onlyCheck returns severities that turn off every check but one.
func onlyCheck(id string) func(validation.Info) validation.Severity {
	return func(check validation.Info) validation.Severity {
		if check.ID == id {
			return check.Severity
		}
		return validation.Off
	}
}
