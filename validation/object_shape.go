package validation

import (
	"reflect"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
)

// objectShape is the one check that every kind has. In a cluster the API server has
// compared the object with its CRD before; nobody has done that for a file.
var objectShape = Check[undecodedObject]{
	ID: "object-shape", Severity: Deny, LeavesOut: true,
	Doc: Doc{
		Title: "A field has the wrong type",
		Text: `The object cannot be decoded as what its ` + "`kind`" + ` says: a field has the wrong type, for
instance a list where a map is expected. The operator could not decode it either, and with one
such object in the cluster it can lose sight of all objects of that kind.

Mend the field that the message names. ` + "`kubectl explain --recursive`" + ` shows the types.
YAML reads ` + "`1`, `0.5`, `yes` and `true`" + ` as numbers and booleans: where a string is expected, put
them in quotes.`,
		Since: "v0.1.0",
	},
	Run: func(object undecodedObject, _ Snapshot) []Finding {
		const hint = "see kubectl explain for the type of each field"
		mistake, ok := typeMistakeOf(object.err)
		if !ok {
			spec := Place{Path: fieldpath.New("spec")}
			return []Finding{spec.Finding("the object cannot be read: "+object.err.Error(), hint, object.err.Error())}
		}
		fix := hint
		isScalar := mistake.value == "bool" || strings.HasPrefix(mistake.value, "number")
		switch {
		case isScalar && mistake.expects() == aString:
			fix = "put it in quotes"
		case isScalar && mistake.goType.Kind() == reflect.Int32: // intstr.IntOrString
			fix = "put it in quotes if the field takes a string too"
		}
		at := Place{Path: mistake.pathIn(object.raw)}
		return []Finding{at.Finding("expected "+mistake.expects()+", found "+mistake.found(), fix, object.err.Error())}
	},
}

// undecodedObject is an object that cannot be decoded as its type.
type undecodedObject struct {
	raw []byte
	err error
}

// A typeMistake is a value that does not fit the type of its field.
type typeMistake struct {
	value  string // what the decoder calls it: bool, array, number 5
	goType reflect.Type
	offset int64  // behind the value, or behind the bracket that opens it
	names  string // of the fields that lead to the value, joined by dots, without positions and map keys
}

// typeMistakeOf returns the parts of the decoder's error. sigs.k8s.io/json decodes like
// encoding/json and returns a type of the same fields, but does not export that type, so that
// [errors.As] cannot be asked for it.
func typeMistakeOf(err error) (mistake typeMistake, ok bool) {
	e := reflect.Indirect(reflect.ValueOf(err))
	if e.Kind() != reflect.Struct {
		return typeMistake{}, false
	}
	fields := []struct {
		name string
		into any
	}{{"Value", &mistake.value}, {"Type", &mistake.goType}, {"Offset", &mistake.offset}, {"Field", &mistake.names}}
	for _, f := range fields {
		value, into := e.FieldByName(f.name), reflect.ValueOf(f.into).Elem()
		if !value.IsValid() || !value.Type().AssignableTo(into.Type()) {
			return typeMistake{}, false
		}
		into.Set(value)
	}
	return mistake, mistake.goType != nil && mistake.names != ""
}

const aString = "a string"

// found names the value in YAML's words.
func (m typeMistake) found() string {
	kind, number, _ := strings.Cut(m.value, " ")
	switch {
	case kind == "object":
		return "a map"
	case kind == "array":
		return "a list"
	case kind == "string":
		return aString
	case kind == "bool":
		return "true or false"
	case number != "":
		return "the number " + number
	}
	return "a " + m.value
}

// expects names the type of the field in YAML's words.
func (m typeMistake) expects() string {
	switch m.goType.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return aString
	case reflect.Bool:
		return "true or false"
	case reflect.Int32:
		return "a string or a whole number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	}
	return "a map"
}
