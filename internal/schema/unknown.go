package schema

import (
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"

	"github.com/promgate/promgate/internal/fieldpath"
)

// An UnknownField is a field that the schema does not have. The API server refuses an object with
// one at kubectl apply, whose field validation is strict, and drops it for other clients.
type UnknownField struct {
	Path fieldpath.Path

	// Nearest is the known field of the same object whose name is most alike, or "".
	Nearest string
}

// Fix says how to fix the field, as a clause.
func (u UnknownField) Fix() string {
	if u.Nearest == "" {
		return "remove it"
	}
	return "did you mean " + u.Nearest + "?"
}

// Unknown returns the fields of an object that the schema does not have, in the order of their
// paths.
func (s *Schema) Unknown(object map[string]any) []UnknownField {
	if s.shape.conforms(object) {
		return unknownMetadata(object["metadata"])
	}
	var w unknownWalk
	for name, value := range object {
		switch name {
		case "apiVersion", "kind":
		case "metadata":
			w.found = append(w.found, unknownMetadata(value)...)
		default:
			w.property(fieldpath.Path{}, object, name, value, s.structural)
		}
	}
	slices.SortFunc(w.found, func(a, b UnknownField) int { return a.Path.Compare(b.Path) })
	return w.found
}

// unknownWalk follows prune in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning (v0.37.2),
// whose paths are texts only.
type unknownWalk struct{ found []UnknownField }

func (w *unknownWalk) value(path fieldpath.Path, value any, s *schema.Structural) {
	switch v := value.(type) {
	case map[string]any:
		if s != nil && s.Type != "" && s.Type != "object" {
			return // the field itself is known, and its value of the wrong type
		}
		for name, inner := range v {
			w.property(path, v, name, inner, s)
		}
	case []any:
		if s != nil && s.Type != "" && s.Type != "array" {
			return
		}
		for i, inner := range v {
			w.value(path.Index(i), inner, itemsOf(s))
		}
	}
}

func (w *unknownWalk) property(path fieldpath.Path, parent map[string]any, name string, value any, s *schema.Structural) {
	if s == nil {
		w.found = append(w.found, UnknownField{Path: path.Field(name)})
		return
	}
	if property, ok := s.Properties[name]; ok {
		w.value(path.Field(name), value, &property)
		return
	}
	if s.AdditionalProperties != nil {
		if s.AdditionalProperties.Structural != nil {
			w.value(path.Key(name), value, s.AdditionalProperties.Structural)
		}
		return
	}
	if s.XPreserveUnknownFields {
		return
	}
	w.found = append(w.found, UnknownField{Path: path.Field(name), Nearest: nearestName(name, sortedNames(s.Properties), parent)})
}

func itemsOf(s *schema.Structural) *schema.Structural {
	if s == nil {
		return nil
	}
	return s.Items
}
