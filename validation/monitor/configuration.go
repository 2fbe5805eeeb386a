package monitor

import (
	"slices"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// refused returns what the judge refuses and none of the other checks names. Where they name only
// something below, it is for [validation.Settled] to say.
func refused(o *Object, s validation.Snapshot, before func() []validation.Finding) []validation.Finding {
	return o.unnamed(o.judged(s).Refused, before)
}

// leftOutCheck is what the operator minds and Prometheus does not.
func leftOutCheck() validation.Check[*Object] {
	return validation.Check[*Object]{
		ID: "left-out", Severity: validation.Warn, LeavesOut: true,
		Doc: validation.Doc{
			Title: "The operator leaves the object out",
			Text: `Prometheus would accept the object, but the operator does not pass it on: the whole object is
left out of the configuration, and the operator reports that only in its log. One endpoint with a mistake
is enough: then none of the object's endpoints is scraped.

Often the reason is a version: a field of the object needs a later Prometheus than the
Prometheus that selects it.`,
			Since: "v0.1.0",
		},
		RunLast: func(o *Object, s validation.Snapshot, before func() []validation.Finding) []validation.Finding {
			found := o.unnamed(o.judged(s).LeftOut, before)
			for i := range found {
				found[i].Problem = "the operator leaves out the whole object, and nothing of it is scraped: " + found[i].Problem
			}
			return found
		},
	}
}

// judged asks the judge once for both checks.
func (o *Object) judged(s validation.Snapshot) validation.Verdict {
	if o.verdict == nil {
		o.verdict = &validation.Verdict{}
		if s.Judge != nil {
			*o.verdict = s.Judge.Object(o.Raw)
		}
	}
	return *o.verdict
}

// fieldsTooNew returns the fields that the Prometheus is too old for.
func fieldsTooNew(o *Object, s validation.Snapshot) []validation.Finding {
	found := slices.Clone(o.judged(s).Ignored)
	for i := range found {
		found[i].Subject = o.subjectAt(found[i].Path)
	}
	return found
}

// unnamed are the judge's findings that no other check has at the same place or above.
func (o *Object) unnamed(verdict []validation.Finding, before func() []validation.Finding) []validation.Finding {
	if len(verdict) == 0 {
		return nil
	}
	var said fieldpath.Set
	for _, f := range before() {
		// A warning about an endpoint says nothing of why the object is refused.
		if f.Severity == validation.Deny || f.LeavesOut {
			said.Add(f.Path)
		}
	}
	var rest []validation.Finding
	for _, f := range verdict {
		if said.Covers(f.Path) {
			continue
		}
		// What a check names within the part may be the whole mistake, or one of several:
		// [validation.Settled] decides, by what denies in the end.
		if part := o.partAt(f.Path); said.LeadsInto(part) || said.Covers(part) {
			f.Covered = part
		}
		f.Subject = o.subjectAt(f.Path)
		rest = append(rest, f)
	}
	return rest
}

// partAt returns the path of the discovery that a path leads into, and else the path
// itself. The loader names only one mistake of a discovery, and the judge cannot always
// tell which field it is about.
func (o *Object) partAt(path fieldpath.Path) fieldpath.Path {
	for _, s := range o.Scrapes {
		for _, d := range s.Discoveries {
			if path.Within(d.Path) {
				return d.Path
			}
		}
	}
	return path
}
