package validation

import "strings"

// Settled leaves out the findings that others say better, as long as one of those
// denies: nothing is let in because of what was left out. It comes last, after [Ratchet].
func Settled(found []Finding) []Finding {
	var settled []Finding
	for _, f := range found {
		if f.Covered == "" || !deniedWithin(found, f.Covered) {
			settled = append(settled, f)
		}
	}
	return settled
}

func deniedWithin(found []Finding, outer string) bool {
	for _, f := range found {
		rest, inside := strings.CutPrefix(f.Path, outer)
		inside = inside && (rest == "" || rest[0] == '.' || rest[0] == '[')
		if inside && f.Severity == Deny && f.Covered == "" {
			return true
		}
	}
	return false
}
