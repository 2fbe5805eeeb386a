package cluster

import (
	"slices"

	"github.com/promgate/promgate/selection"
)

// SetReaders replaces the readers that the configuration names.
func (m *Model) SetReaders(readers []*selection.Reader) {
	defer m.revision.change()()
	readers = slices.Clone(readers)
	m.index.SetReaders(readers)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.readers = readers
}

// Readers returns the readers that take an object of a kind with these labels.
func (v View) Readers(kind string, labels map[string]string) []*selection.Reader {
	var taking []*selection.Reader
	for _, r := range v.readers {
		if r.Takes(kind, v.Namespace, labels, v.Labels) {
			taking = append(taking, r)
		}
	}
	return taking
}

// TakenElsewhere returns the readers that take an object that no instance selects. For an object that an
// instance selects it returns nothing: what counts is what that instance does with it.
func (v View) TakenElsewhere(kind string, labels map[string]string) []*selection.Reader {
	if len(v.readers) == 0 || len(v.Selecting(kind, labels)) > 0 {
		return nil
	}
	return v.Readers(kind, labels)
}
