package instance

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

const lostText = `With this update the Prometheus, PrometheusAgent or ThanosRuler no longer selects objects that it
selects now: their targets are no longer scraped, and their rules no longer evaluated. The message counts and
names them, and says how many nothing else selects. A mistake in a selector, or in a label of it, does this
without any other sign.

Compare the selectors with the labels of the objects and of their namespaces. If the change is meant, nothing
needs to be done.`

// selectionLost counts what an update lets go of.
var selectionLost = validation.Check[*Object]{
	ID: "selection-lost", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A change lets go of objects",
		Text: lostText + `

From a number of objects on that the configuration sets, the update is refused: see
[selection-lost-many](selection-lost-many.md).`,
		Since: "v0.1.0",
	},
	Run: func(_ *Object, s validation.Snapshot) []validation.Finding {
		if s.Change == nil || isDenied(s) {
			return nil
		}
		return lost(s.Change)
	},
}

// selectionLostMany is the same from a number of objects on.
var selectionLostMany = validation.Check[*Object]{
	ID: "selection-lost-many", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A change lets go of many objects",
		Text: lostText + `

The update is refused because ` + "`selectionLost.denyFrom`" + ` in [promgate.yaml](../../configuration.md#selection-lost) is set, and
it lets go of at least as many objects. As installed, no update is refused for this.`,
		Since: "v0.1.0",
	},
	Run: func(_ *Object, s validation.Snapshot) []validation.Finding {
		if s.Change == nil || !isDenied(s) {
			return nil
		}
		return lost(s.Change)
	},
}

func isDenied(s validation.Snapshot) bool { return s.DenyLost > 0 && len(s.Change.Lost) >= s.DenyLost }

func lost(c *jobs.Change) []validation.Finding {
	if len(c.Lost) == 0 {
		return nil
	}
	problem := fmt.Sprintf("it no longer selects %s: %s", counted(c.Lost), someOf(c.Lost))
	if len(c.Emptied) > 0 {
		problem += "; it is left without any " + strings.Join(c.Emptied, " and ")
	}
	switch n := len(c.Orphaned); {
	case n == len(c.Lost):
		problem += "; nothing else selects them"
	case n > 0:
		problem += fmt.Sprintf("; nothing else selects %d of them", n)
	}
	return []validation.Finding{specPlace.Finding(problem, "if that is not meant, compare the selectors with the labels of the objects and their namespaces", keyOf(c.Lost))}
}

// counted returns the number of objects, by kind: 3 ServiceMonitors and 1 Probe.
func counted(refs []selection.Ref) string {
	count := map[string]int{}
	for _, r := range refs {
		count[r.Kind]++
	}
	var parts []string
	for _, k := range selection.SelectableKinds() {
		switch n := count[k.Kind]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+k.Kind)
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, k.Kind))
		}
	}
	return strings.Join(parts, " and ")
}

// maxNamed is how many objects a message names.
const maxNamed = 5

func someOf(refs []selection.Ref) string {
	var names []string
	for _, r := range refs[:min(len(refs), maxNamed)] {
		names = append(names, r.Path())
	}
	text := strings.Join(names, ", ")
	if more := len(refs) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func keyOf(refs []selection.Ref) string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.String()
	}
	return strings.Join(names, " ")
}
