package schema

import (
	"strconv"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/internal/fieldpath"
)

// violations places the errors of the API server's code. Their paths are texts, which cannot be
// read back for certain, since the keys of maps may hold anything: instead, all paths of the object
// are written as that code writes them, and compared.
func (s *Schema) violations(object map[string]any, errs field.ErrorList) []Violation {
	if len(errs) == 0 {
		return nil
	}
	w := writtenPaths{}
	w.properties(fieldpath.Path{}, []string{""}, object, s.structural)
	found := make([]Violation, len(errs))
	for i, err := range errs {
		found[i] = Violation{Path: w.nearest(err.Field), Field: err.Field, Message: err.ErrorBody(), WantsString: wantsString(err)}
	}
	return found
}

// wantsString reports whether an error says that a value has to be a string, and is something else.
func wantsString(err *field.Error) bool {
	return err.Type == field.ErrorTypeTypeInvalid && strings.Contains(err.Detail, "must be of type string: ")
}

// writtenPaths are the paths of an object by the texts that the API server's code writes for them.
type writtenPaths map[string]fieldpath.Path

func (w writtenPaths) value(path fieldpath.Path, texts []string, value any, s *schema.Structural) {
	for _, text := range texts {
		w[text] = path
	}
	switch v := value.(type) {
	case map[string]any:
		w.properties(path, texts, v, s)
	case []any:
		for i, inner := range v {
			below := make([]string, len(texts))
			for j, text := range texts {
				below[j] = text + "[" + strconv.Itoa(i) + "]"
			}
			w.value(path.Index(i), below, inner, itemsOf(s))
		}
	}
}

func (w writtenPaths) properties(path fieldpath.Path, texts []string, object map[string]any, s *schema.Structural) {
	for name, value := range object {
		var below []string
		for _, text := range texts {
			below = append(below, strings.TrimPrefix(text+"."+name, "."))
		}
		property, isProperty := propertyOf(s, name)
		if isProperty || path.Equal(metadataPath) {
			w.value(path.Field(name), below, value, property)
			continue
		}
		// The schema's validation writes the key of a map like a field, CEL and metadata in brackets.
		for _, text := range texts {
			below = append(below, text+"["+name+"]")
		}
		w.value(path.Key(name), below, value, property)
	}
}

// propertyOf returns the schema of a property, or of a value in a map.
func propertyOf(s *schema.Structural, name string) (property *schema.Structural, isProperty bool) {
	if s == nil {
		return nil, false
	}
	if p, ok := s.Properties[name]; ok {
		return &p, true
	}
	if s.AdditionalProperties != nil {
		return s.AdditionalProperties.Structural, false
	}
	return nil, false
}

// nearest returns the path with that text, or that of the field above it that the object has, with
// the missing field below it: what is required and missing is not in the object.
func (w writtenPaths) nearest(text string) fieldpath.Path {
	for missing := ""; text != ""; {
		if path, ok := w[text]; ok {
			return belowPath(path, missing)
		}
		cut := max(strings.LastIndexAny(text, ".["), 0)
		missing, text = text[cut:]+missing, text[:cut]
	}
	return fieldpath.Path{}
}

// belowPath returns the path of a missing field, if it is one field.
func belowPath(path fieldpath.Path, missing string) fieldpath.Path {
	name, isField := strings.CutPrefix(missing, ".")
	if !isField || strings.ContainsAny(name, ".[") {
		return path
	}
	return path.Field(name)
}
