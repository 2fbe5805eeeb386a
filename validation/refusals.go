package validation

import "github.com/promgate/promgate/selection"

// Refusals are the objects that an instance refuses, or the operator leaves out for it, after an update, and did not before.
type Refusals struct {
	Instance selection.Ref

	// Objects are the refused objects that were found, ordered by name.
	Objects []Refusal

	// Affected is the number of objects that the update could make it refuse, and Looked how many of them were read.
	Affected, Looked int
}

// A Refusal is an object that is refused, and why. There is at least one reason.
type Refusal struct {
	selection.Ref

	Reasons []Finding
}
