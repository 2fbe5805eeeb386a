package validation

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/promgate/promgate/internal/fieldpath"
)

// pathIn returns the path of the value in the object that a decoding error is about. The decoder's
// error has an offset into the object. Where a type decodes its values by itself, the offset is
// relative to the value; then the first value that fits the error is returned, because an earlier
// one would have failed too.
func (m typeMistake) pathIn(raw []byte) fieldpath.Path {
	// Among the names are those of embedded Go types, which no field of the API is called after.
	names := slices.DeleteFunc(strings.Split(m.names, "."), func(name string) bool { return name != "" && unicode.IsUpper(rune(name[0])) })
	path, similar := fieldpath.Path{}, fieldpath.Path{}
	walk := jsonWalk{decoder: json.NewDecoder(bytes.NewReader(raw))}
	walk.decoder.UseNumber()
	walk.visit = func(steps []fieldpath.Step, token json.Token) {
		if at, ok := typedPath(steps, names); ok {
			if path.IsZero() && walk.decoder.InputOffset() == m.offset {
				path = at
			}
			if similar.IsZero() && m.describes(token) {
				similar = at
			}
		}
	}
	walk.value(nil)
	switch {
	case !path.IsZero():
		return path
	case !similar.IsZero():
		return similar
	}
	return fieldpath.New(names...)
}

// describes reports whether the decoder's error may be about a value.
func (m typeMistake) describes(token json.Token) bool {
	switch t := token.(type) {
	case json.Delim:
		return t == '{' && m.value == "object" || t == '[' && m.value == "array"
	case bool:
		return m.value == "bool"
	case string:
		return m.value == "string"
	case json.Number:
		return m.value == "number" || m.value == "number "+t.String()
	}
	return false
}

// typedPath returns the path of the steps if the fields among them have these names. Steps after
// the last name are keys in a map, which the decoder does not name.
func typedPath(steps []fieldpath.Step, names []string) (fieldpath.Path, bool) {
	var path fieldpath.Path
	known := 0
	for _, step := range steps {
		switch {
		case step.Kind == fieldpath.Index:
			path = path.Index(step.Index)
		case known == len(names):
			path = path.Key(step.Name)
		case step.Name != names[known]:
			return fieldpath.Path{}, false
		default:
			path = path.Field(step.Name)
			known++
		}
	}
	return path, known == len(names)
}

// A jsonWalk visits every value of a document, with the steps that lead to it. For a list or an
// object it visits the opening bracket.
type jsonWalk struct {
	decoder *json.Decoder
	visit   func(steps []fieldpath.Step, token json.Token)
}

func (w *jsonWalk) value(steps []fieldpath.Step) {
	token, err := w.decoder.Token()
	if err != nil {
		return // the document was decoded before, so that it is valid JSON
	}
	w.visit(steps, token)
	switch token {
	case json.Delim('{'):
		for w.decoder.More() {
			key, err := w.decoder.Token()
			name, ok := key.(string)
			if err != nil || !ok {
				return
			}
			w.value(append(steps, fieldpath.Step{Kind: fieldpath.Field, Name: name}))
		}
	case json.Delim('['):
		for i := 0; w.decoder.More(); i++ {
			w.value(append(steps, fieldpath.Step{Kind: fieldpath.Index, Index: i}))
		}
	default:
		return
	}
	_, _ = w.decoder.Token() // the closing bracket
}
