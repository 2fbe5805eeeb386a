package monitor

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
)

// A Place is where something stands in an object.
type Place struct {
	Path *field.Path

	// Subject is what the user calls it: endpoint "web". May be empty.
	Subject string

	// Key is what it belongs to, without a position: a port, a target.
	Key string
}

// At is a place below this one, by the names of fields.
func (p Place) At(names ...string) Place {
	for _, name := range names {
		p.Path = p.Path.Child(name)
	}
	return p
}

// Index is a place in a list.
func (p Place) Index(i int) Place {
	p.Path = p.Path.Index(i)
	return p
}

// finding is about the place. Value is what is wrong, as the user wrote it: it makes
// the finding the same mistake wherever it stands.
func (p Place) finding(problem, fix, value string) validation.Finding {
	return validation.Finding{
		Path: p.Path.String(), Subject: p.Subject, Problem: problem, Fix: fix,
		Key: validation.Key(p.Key, p.lastName(), value),
	}
}

// lastName is the field's own name.
func (p Place) lastName() string {
	return lastNameOf(p.Path.String())
}
