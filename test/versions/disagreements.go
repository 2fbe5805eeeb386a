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
	// Until is the first release after those that differ; zero means that all do.
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

// configurationDisagreements are the same for configurations.
var configurationDisagreements = []disagreement{
	{
		reason:  "two equal remote writes or reads: the loader accepts them, and the storage refuses to be reloaded",
		accepts: true,
		said:    regexp.MustCompile(`secrets aside, and Prometheus refuses two of one kind`),
	},
	{
		reason:  "what the operator does not pass on as it is written",
		accepts: true,
		said:    regexp.MustCompile(`the operator then does not mount|the operator passes`),
	},
	{
		reason:  "a scrape class, which is refused before an object uses it",
		accepts: true,
		said:    regexp.MustCompile(`^spec\.scrapeClasses`),
	},
	{
		reason:  "relabelings of alerts: the operator leaves the Prometheus out if they are invalid, and omits them before 2.51",
		accepts: true, until: dialect.Version{2, 51},
		said: regexp.MustCompile(`alertRelabelings`),
	},
	{
		reason:  "settings of the client of a discovery over HTTP or of PuppetDB, at which no release looks before 2.48",
		accepts: true, until: dialect.Version{2, 48},
		said: regexp.MustCompile(`(auth-conflict|authorization-type|proxy) spec\.(httpSDConfigs|puppetDBSDConfigs)`),
	},
	{
		reason:  "an endpoint for traces that is no URL: the loader accepts it, and the server cannot connect",
		accepts: true,
		said:    regexp.MustCompile(`spec\.tracingConfig\.endpoint: parse`),
	},
	{
		reason:  "a URL that the loader accepts, and that no client can use",
		accepts: true,
		said:    regexp.MustCompile(`tokenUrl: .* starts with neither`),
	},
	{
		reason:  "(?<name>): all programs are compiled with one Go",
		accepts: true, until: dialect.Version{2, 51},
		said: regexp.MustCompile(`has a group \(\?<name>\)`),
	},
	{
		reason:  "a variable in the target label of an action that expands none: before 2.50 Prometheus sets a label of that very name",
		accepts: true, until: dialect.Version{2, 50},
		said: regexp.MustCompile(`needs a plain label name`),
	},
}

// explained returns the reason for a difference that is on a list, or nothing.
func explained(list []disagreement, v dialect.Version, accepts bool, said string) string {
	for _, d := range list {
		if d.accepts == accepts && (d.until.IsZero() || v.Before(d.until)) && d.said.MatchString(said) {
			return d.reason
		}
	}
	return ""
}
