package change

import (
	"fmt"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

// selectionClash is about monitors that an update brings together.
func selectionClash[T any](at validation.Place) validation.Check[T] {
	return validation.Check[T]{
		ID: "selection-clash", Severity: validation.Warn,
		Doc: validation.Doc{
			Title: "A change brings two monitors into a clash",
			Text: `With this update of a Prometheus, or of the labels of a namespace, a Prometheus newly selects a monitor that
scrapes the same target under the same job as another one that it selects: every sample is then scraped twice, and
alerts on out-of-order samples fire. One by one, such monitors are refused ([duplicate-job](../monitor/duplicate-job.md)).

Select only one of the two, or tell their jobs apart. The loop of promgate leaves one of them out.`,
			Since: "v0.1.0",
		},
		Run: func(_ T, s validation.Snapshot) []validation.Finding {
			var found []validation.Finding
			for i := range s.Changes {
				if c := &s.Changes[i]; len(c.Clashes) > 0 {
					found = append(found, clashFinding(at, s, c))
				}
			}
			return found
		},
	}
}

func clashFinding(at validation.Place, s validation.Snapshot, c *jobs.Change) validation.Finding {
	first := c.Clashes[0]
	problem := fmt.Sprintf("%s newly selects monitors that clash: %s and %s both scrape %s under the job %q",
		subject(s, c.Instance), first.Mine.Ref, first.Rival.Ref, first.Target, first.Job)
	names := []string{c.Instance.String()}
	for _, clash := range c.Clashes {
		names = append(names, clash.Mine.String(), clash.Rival.String())
	}
	switch more := len(c.Clashes) - 1; {
	case more == 1:
		problem += ", and 1 more pair clashes"
	case more > 1:
		problem += fmt.Sprintf(", and %d more pairs clash", more)
	}
	return at.Finding(problem, "select one of the two, or tell their jobs apart", validation.Key(names...))
}
