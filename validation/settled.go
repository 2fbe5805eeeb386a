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
		if f.Severity == Deny && f.Covered == "" && Within(f.Path, outer) {
			return true
		}
	}
	return false
}

// Within says whether the path of a field is another one, or leads into it.
func Within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
