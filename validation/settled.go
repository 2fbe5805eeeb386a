package validation

import "github.com/promgate/promgate/internal/fieldpath"

// Settled leaves out the findings that others say better, as long as one of those
// denies: nothing is let in because of what was left out. It comes last, after [Ratchet].
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
