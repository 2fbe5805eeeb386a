package change

import "github.com/promgate/promgate/validation"

// selectionLostMany is selectionLost from a number of objects on.
func selectionLostMany[T any](at validation.Place) validation.Check[T] {
	return validation.Check[T]{
		ID: "selection-lost-many", Severity: validation.Deny,
		Doc: validation.Doc{
			Title: "A change lets go of many objects",
			Text: lostText + `

The update is refused because ` + "`selectionLost.denyFrom`" + ` in [promgate.yaml](../../configuration.md#selection-lost) is set, and
at least as many objects are let go of. As installed, no update is refused for this.`,
			Since: "v0.1.0",
		},
		Run: func(_ T, s validation.Snapshot) []validation.Finding {
			if !isDenied(s) {
				return nil
			}
			return lost(at, s)
		},
	}
}
