package upgrade

import (
	"fmt"
	"slices"

	"github.com/promgate/promgate/dialect"
)

// A flagSpan says which releases have a flag: those from one on, zero for all that are older, up to before
// another one, zero for none.
type flagSpan struct {
	name        string
	from, until dialect.Version
}

//go:generate go -C ../test/versions run ./tables upgrade/flags_table.go

// lost returns the release that the upgrade leads to or past, and that does not have a flag any more which the version that
// runs has. Flags that all releases have, or none, are in no table.
func (s step) lost(table []flagSpan, name string) (release dialect.Version, lost bool) {
	has := func(v dialect.Version) int {
		return slices.IndexFunc(table, func(f flagSpan) bool {
			return f.name == name && !v.Before(f.from) && (f.until.IsZero() || v.Before(f.until))
		})
	}
	i := has(s.from)
	if s.from.IsZero() || i < 0 || has(s.to) >= 0 {
		return dialect.Version{}, false
	}
	if table[i].until.IsZero() { // to an older release
		return table[i].from, true
	}
	return table[i].until, true
}

// without says which releases lack something.
func (s step) without(release dialect.Version) string {
	if s.to.Before(s.from) {
		return fmt.Sprintf("Prometheus before %s does not know", release)
	}
	return fmt.Sprintf("Prometheus %s no longer knows", release)
}
