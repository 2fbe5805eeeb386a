package validation

import "github.com/promgate/promgate/internal/fieldpath"

// Settled omits findings that other findings describe better, as long as one of the others denies:
// omitting them never admits an object. It runs last, after [Ratchet].
func Settled(found []Finding) []Finding {
	var settled []Finding
	for _, f := range found {
		if f.Covered.IsZero() || !deniedWithin(found, f.Covered) {
			settled = append(settled, f)
		}
	}
	return settled
}

func deniedWithin(found []Finding, outer fieldpath.Path) bool {
	for _, f := range found {
		if f.Severity == Deny && f.Covered.IsZero() && f.Path.Within(outer) {
			return true
		}
	}
	return false
}
