package change

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

const lostText = `With this update a Prometheus, PrometheusAgent, ThanosRuler or Alertmanager no longer selects objects that
it selects now: their targets are no longer scraped, and their rules no longer evaluated. It is the update of the
instance itself, or of the labels of a namespace, by which instances choose namespaces. The message counts and
names the objects, and says how many nothing else selects. A mistake in a selector, or in a label, does this
without any other sign.

Compare the selectors with the labels of the objects and of their namespaces. If the change is meant, nothing
needs to be done.`

// selectionLost counts what an update lets go of.
func selectionLost[T any](at validation.Place) validation.Check[T] {
	return validation.Check[T]{
		ID: "selection-lost", Severity: validation.Warn,
		Doc: validation.Doc{
			Title: "A change lets go of objects",
			Text: lostText + `

From a number of objects on that the configuration sets, the update is refused: see
[selection-lost-many](selection-lost-many.md).`,
			Since: "v0.1.0",
		},
		Run: func(_ T, s validation.Snapshot) []validation.Finding {
			if isDenied(s) {
				return nil
			}
			return lost(at, s)
		},
	}
}

func isDenied(s validation.Snapshot) bool {
	return s.DenyLost > 0 && numberLost(s.Changes) >= s.DenyLost
}

func lost(at validation.Place, s validation.Snapshot) []validation.Finding {
	var found []validation.Finding
	for i := range s.Changes {
		c := &s.Changes[i]
		if len(c.Lost) == 0 {
			continue
		}
		found = append(found, at.Finding(subject(s, c.Instance)+" "+lostBy(c),
			"if that is not meant, compare the selectors with the labels of the objects and their namespaces", keyOf(c.Instance, c.Lost)))
	}
	return found
}

func lostBy(c *jobs.Change) string {
	problem := fmt.Sprintf("no longer selects %s: %s", counted(c.Lost), someOf(c.Lost))
	if len(c.Emptied) > 0 {
		problem += "; it is left without any " + strings.Join(c.Emptied, " and ")
	}
	switch n := len(c.Orphaned); {
	case n == len(c.Lost):
		problem += "; nothing else selects them"
	case n > 0:
		problem += fmt.Sprintf("; nothing else selects %d of them", n)
	}
	return problem
}
