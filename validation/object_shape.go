package validation

import (
	"regexp"
	"strings"
)

// objectShape is the one check that every kind has. In a cluster the API server
// has held the object against its CRD before; a file has seen nobody yet.
var objectShape = Check[error]{
	ID: "object-shape", Severity: Deny, LeavesOut: true,
	Doc: Doc{
		Title: "A field has the wrong type",
		Text: `The object cannot be read as what its ` + "`kind`" + ` says: a field has the wrong type,
for instance a list where a map belongs. The operator could not read it either, and
with one such object in the cluster it can lose sight of all objects of that kind.

Mend the field that the message names. ` + "`kubectl explain --recursive`" + ` shows the types.
YAML takes ` + "`1`, `0.5`, `yes` and `true`" + ` for numbers and truth values: where a text belongs,
put them in quotes.`,
		Since: "v0.1.0",
	},
	Run: func(err error, _ Snapshot) []Finding {
		f := Finding{
			Path:    "spec",
			Problem: "the object cannot be read: " + err.Error(),
			Fix:     "see kubectl explain for the type of each field",
			Key:     err.Error(),
		}
		if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
			value, path, goType := m[1], m[2], m[3]
			f.Path = path
			f.Problem = "here stands " + jsonWord(value) + ", where " + goWord(goType) + " belongs"
			isScalar := value == "bool" || strings.HasPrefix(value, "number")
			switch {
			case isScalar && goWord(goType) == aText:
				f.Fix = "put it in quotes"
			case isScalar && goType == "int32": // intstr.IntOrString
				f.Fix = "put it in quotes if the field takes a text too"
			}
		}
		return []Finding{f}
	},
}

// wrongType takes apart what the JSON package says of a field. (Its error has the
// parts too, but sigs.k8s.io/json keeps the type to itself.)
var wrongType = regexp.MustCompile(`^json: cannot unmarshal (.+) into Go struct field [^ .]+\.([^ ]+) of type ([^ ]+)$`)

const aText = "a text"

// jsonWord says in YAML's words what stands there.
func jsonWord(value string) string {
	kind, number, _ := strings.Cut(value, " ")
	switch {
	case kind == "object":
		return "a map"
	case kind == "array":
		return "a list"
	case kind == "string":
		return aText
	case kind == "bool":
		return "true or false"
	case number != "":
		return "the number " + number
	}
	return "a " + value
}

// goWord says what a Go type is in YAML.
func goWord(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "map["):
		return "a map"
	case goType == "string", strings.HasSuffix(goType, "Duration"):
		return aText
	case goType == "bool":
		return "true or false"
	case goType == "int32":
		return "a text or a whole number"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"):
		return "a whole number"
	}
	return "a map"
}
