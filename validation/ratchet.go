package validation

// Ratchet turns denials for mistakes that the stored object has too into warnings: nobody is
// locked out of an object by a mistake that it had before. Two findings are the same mistake
// if they have the same check and key; both sides are multisets, so that a second copy of an
// old mistake is a new one. Path and position do not count. The findings are changed in
// place.
func Ratchet(found, stored []Finding) []Finding {
	type id struct{ check, key string }
	had := make(map[id]int, len(stored))
	for _, f := range stored {
		had[id{f.Check, f.Key}]++
	}
	for i, f := range found {
		k := id{f.Check, f.Key}
		if f.Severity != Deny || had[k] == 0 {
			continue
		}
		had[k]--
		found[i].Severity = Warn
		found[i].Known = true
	}
	return found
}
