package source

import (
	"fmt"
	"unicode/utf8"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// A body is what a document says, in one of two forms.
type body struct {
	// value is made of map[string]any, []any, string, bool, int64 and nil. It is used if json is nil.
	value any

	// json is the document as JSON: what is written in JSON, or has a value that only the conversion to
	// JSON knows how to write, such as a number with a fraction or a key that is not a string.
	json []byte
}

// newBody makes the body of a document that yaml/v2 has read.
func newBody(read any, text []byte) (body, error) {
	if value, ok := plainValue(read); ok {
		return body{value: value}, nil
	}
	data, err := yaml.YAMLToJSON(text)
	return body{json: data}, err //nolint:wrapcheck // a syntax error is made of it
}

// plainValue returns a value as JSON has it, if nothing has to be converted for that.
func plainValue(read any) (value any, ok bool) {
	switch v := read.(type) {
	case nil, bool, int64:
		return v, true
	case int:
		return int64(v), true
	case string:
		return v, utf8.ValidString(v) // binary data may not be
	case []any:
		for i, entry := range v {
			if v[i], ok = plainValue(entry); !ok {
				return nil, false
			}
		}
		return v, true
	case map[any]any:
		fields := make(map[string]any, len(v))
		for key, field := range v {
			name, ok := key.(string)
			if !ok || !utf8.ValidString(name) {
				return nil, false
			}
			if fields[name], ok = plainValue(field); !ok {
				return nil, false
			}
		}
		return fields, true
	}
	return nil, false
}

func isCollection(read any) bool {
	switch read.(type) {
	case []any, map[any]any:
		return true
	}
	return false
}

// Content returns what the document says, as an API server reads its JSON: made of map[string]any, []any,
// string, bool, int64, float64 and nil. It is the caller's own: each call returns another one.
func (d *Document) Content() (any, error) {
	if d.body.json == nil && d.body.value != nil {
		value := d.body.value
		d.body.value = nil
		return value, nil
	}
	var value any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(d.JSON(), &value); err != nil {
		return nil, fmt.Errorf("reading a document: %w", err)
	}
	return value, nil
}

// JSON returns the document as JSON: what YAMLToJSON of sigs.k8s.io/yaml makes of it. A JSON
// object is returned as it is written. The result must not be changed.
func (d *Document) JSON() []byte {
	if d.body.json == nil {
		data, err := yaml.YAMLToJSON(d.lines.text[d.start:d.end])
		if err != nil {
			data = []byte("null") // it was converted before
		}
		d.body.json = data
	}
	return d.body.json
}

// IsSimple reports whether the document is written without tags, anchors and other rare parts of YAML: whatever
// is a text in its content is the same text to any reader.
func (d *Document) IsSimple() bool { return d.isSimple }
