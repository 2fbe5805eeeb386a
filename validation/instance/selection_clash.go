package instance

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/validation"
)

// selectionClash is about monitors that an update brings together.
var selectionClash = validation.Check[*Object]{
	ID: "selection-clash", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A change brings two monitors into a clash",
		Text: `With this update the Prometheus newly selects a monitor that scrapes the same target under the same
job as another one that it selects: every sample is then scraped twice, and alerts on out-of-order samples
fire. One by one, such monitors are refused ([duplicate-job](../monitor/duplicate-job.md)).

Select only one of the two, or tell their jobs apart. The loop of promgate leaves one of them out.`,
		Since: "v0.1.0",
	},
	Run: func(_ *Object, s validation.Snapshot) []validation.Finding {
		if s.Change == nil || len(s.Change.Clashes) == 0 {
			return nil
		}
		clashes := s.Change.Clashes
		first := clashes[0]
		problem := fmt.Sprintf("it newly selects monitors that clash: %s and %s both scrape %s under the job %q",
			first.Mine.Ref, first.Rival.Ref, first.Target, first.Job)
		var names []string
		for _, c := range clashes {
			names = append(names, c.Mine.String(), c.Rival.String())
		}
		if more := len(clashes) - 1; more > 0 {
			problem += fmt.Sprintf(", and %d more pairs clash", more)
		}
		return []validation.Finding{specPlace.Finding(problem, "select one of the two, or tell their jobs apart", strings.Join(names, " "))}
	},
}
