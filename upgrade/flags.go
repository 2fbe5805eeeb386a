package upgrade

import (
	"fmt"
	"slices"

	"github.com/promgate/promgate/dialect"
)

// lost returns the release that the upgrade leads to or past, and that does not have a flag any more which the version that
// runs has. Spans are the releases that have the flag.
func (s step) lost(spans []dialect.Span) (release dialect.Version, lost bool) {
	has := func(v dialect.Version) int {
		return slices.IndexFunc(spans, func(span dialect.Span) bool { return span.Includes(v) })
	}
	i := has(s.from)
	if s.from.IsZero() || i < 0 || has(s.to) >= 0 {
		return dialect.Version{}, false
	}
	if s.to.Before(s.from) {
		for i > 0 && spans[i-1].Until == spans[i].From { // the flag is another kind of flag there
			i--
		}
		return spans[i].From, true
	}
	for i+1 < len(spans) && spans[i+1].From == spans[i].Until {
		i++
	}
	return spans[i].Until, true
}

// without says which releases lack something.
func (s step) without(release dialect.Version) string {
	if s.to.Before(s.from) {
		return fmt.Sprintf("Prometheus before %s does not know", release)
	}
	return fmt.Sprintf("Prometheus %s no longer knows", release)
}
