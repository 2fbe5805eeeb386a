package instance

import (
	"slices"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// refused returns what Prometheus refuses of its own configuration, and no other check denies.
func refused(o *Object, s validation.Snapshot, before func() []validation.Finding) []validation.Finding {
	verdict := o.judged(s).Refused
	if len(verdict) == 0 {
		return nil
	}
	var said fieldpath.Set
	for _, f := range before() {
		if f.Severity == validation.Deny {
			said.Add(f.Path)
		}
	}
	var rest []validation.Finding
	for _, f := range verdict {
		if said.Covers(f.Path) {
			continue
		}
		if said.LeadsInto(f.Path) {
			f.Covered = f.Path // [validation.Settled] decides, by what denies in the end
		}
		rest = append(rest, f)
	}
	return rest
}

// fieldsTooNew returns the fields that the version of the object is too old for.
func fieldsTooNew(o *Object, s validation.Snapshot) []validation.Finding {
	return slices.Clone(o.judged(s).Ignored)
}
