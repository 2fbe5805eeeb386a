package validation

import "github.com/promgate/promgate/internal/fieldpath"

// A Place is a part of an object: its path, the user's name for it, and a key that identifies it
// without a position. All findings are made by a place.
type Place struct {
	Path fieldpath.Path

	// Subject is the user's name for the place. It may be empty.
	Subject Subject

	// Key identifies the place by its content, without a position: a port, a target.
	Key string
}

// At returns the place of a field below this one, by the names of the fields that lead to it.
func (p Place) At(names ...string) Place {
	p.Path = p.Path.Field(names...)
	return p
}

// Index returns the place of an entry of the list at this place.
func (p Place) Index(i int) Place {
	p.Path = p.Path.Index(i)
	return p
}

// AtKey returns the place of a value of the map at this place, whose keys the user
// chooses.
func (p Place) AtKey(key string) Place {
	p.Path = p.Path.Key(key)
	return p
}

// FieldName returns the name of the field, without the list entries and map keys below
// it.
func (p Place) FieldName() string { return p.Path.LastField() }

// Finding returns a finding about the place. Value is the offending value as the user
// wrote it: with it the finding is the same mistake wherever it is in the object.
func (p Place) Finding(problem, fix, value string) Finding {
	return Finding{
		Path: p.Path, Subject: p.Subject, Problem: problem, Fix: fix,
		Key: Key(p.Key, p.FieldName(), value),
	}
}

// Excerpt returns the excerpt from start up to end, in bytes, of the text that the field at the
// place holds.
func (p Place) Excerpt(text string, start, end int) *Excerpt {
	return &Excerpt{Text: text, Start: start, End: end, Field: p.Path}
}

// KeyExcerpt returns the excerpt from start up to end, in bytes, of the key that the place has in
// its map.
func (p Place) KeyExcerpt(key string, start, end int) *Excerpt {
	return &Excerpt{Text: key, Start: start, End: end, Field: p.Path, IsKey: true}
}

// Text is a field that holds a string. If Value is empty, the object omits the field, unless Empty
// is true.
type Text struct {
	Place

	Value string

	// Empty means that the object sets the field to an empty string, which reaches Prometheus.
	Empty bool
}

// Omitted reports whether the object omits the field.
func (t Text) Omitted() bool { return t.Value == "" && !t.Empty }

// Text returns the string of a field below the place.
func (p Place) Text(name, value string) Text {
	return Text{Place: p.At(name), Value: value}
}

// OptionalText returns the string of a field that the object may omit.
func OptionalText[T ~string](p Place, name string, value *T) Text {
	if value == nil {
		return p.Text(name, "")
	}
	text := p.Text(name, string(*value))
	text.Empty = *value == ""
	return text
}
