package versions

import (
	"regexp"

	"github.com/promgate/promgate/dialect"
)

// A disagreement is a class of expressions on which promgate and some releases differ, with the
// reason why that stays.
type disagreement struct {
	reason string

	// accepts means that the release accepts what promgate refuses; otherwise it is the reverse.
	accepts bool
	// Until is the first release after those that differ.
	until dialect.Version
	// Said matches what the refusing side says.
	said *regexp.Regexp
}

// The linked parser reads an expression before the table is asked, so that nothing helps an
// expression that it refuses. All of these are evaluated to an error or to nothing, or are rare.
var disagreements = []disagreement{
	{
		reason:  "a range or step of 0, or one beyond what a duration can hold, written as a number",
		accepts: true, until: dialect.Version{3, 5},
		said: regexp.MustCompile(`duration must be greater than 0|duration out of range`),
	},
	{
		reason:  "@ start() or @ end() before a range, which has no effect there",
		accepts: true, until: dialect.Version{3, 16},
		said: regexp.MustCompile(`no @ modifiers allowed before range`),
	},
	{
		reason:  "min() and max() of durations, which later releases call min_of() and max_of()",
		accepts: true, until: dialect.Version{3, 16},
		said: regexp.MustCompile(`'m'|<aggr:(min|max)>`),
	},
	{
		reason: "a duration expression that is constant and has no positive value: the linked parser leaves it to the engine",
		until:  dialect.Version{3, 16},
		said:   regexp.MustCompile(`duration must be greater than 0|(modulo|division) by zero`),
	},
}

// explained returns the reason for a difference, or nothing.
func explained(v dialect.Version, accepts bool, said string) string {
	for _, d := range disagreements {
		if d.accepts == accepts && v.Before(d.until) && d.said.MatchString(said) {
			return d.reason
		}
	}
	return ""
}
