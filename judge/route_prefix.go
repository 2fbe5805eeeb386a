package judge

import (
	"strings"
	"unicode"

	"github.com/promgate/promgate/dialect"
)

// patternsSince is the first release whose paths are patterns of Go 1.22 (its go.mod).
var patternsSince = dialect.Version{2, 55, 0}

// PathMarks are the characters that the routers of Prometheus read as more than themselves in a path. They are parameters so that
// tests use others, which mean nothing there.
type PathMarks struct {
	// Rest begins a name for the rest of a path, and Part one for a part of it: marks of httprouter.
	Rest, Part string

	// Open and Close enclose a name for a part of a path, and Method ends the method before one: marks of Go's own router.
	Open, Close, Method string
}

// defaultPathMarks are those of httprouter v1.3.0 and of net/http.
func defaultPathMarks() PathMarks {
	return PathMarks{Rest: "*", Part: ":", Open: "{", Close: "}", Method: " \t"}
}

// refusesPrefix says why Prometheus cannot serve below a prefix (v0.316, web/web.go), or returns "". Its two routers register
// paths below it.
func (m PathMarks) refusesPrefix(prefix string, patterns bool) string {
	prefix = strings.Trim(prefix, "/")
	names := map[string]bool{}
	for part := range strings.SplitSeq(prefix, "/") {
		if strings.Contains(part, m.Rest) {
			return m.Rest + " is not possible"
		}
		if _, name, named := strings.Cut(part, m.Part); named && (name == "" || strings.Contains(name, m.Part)) {
			return m.Part + " needs a name after it"
		}
		if !patterns || !strings.Contains(part, m.Open) {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(part, m.Open), m.Close)
		if part != m.Open+name+m.Close || !isIdentifier(name) || names[name] {
			return m.Open + " begins a name that ends with " + m.Close
		}
		names[name] = true
	}
	if patterns && strings.ContainsAny(prefix, m.Method) {
		return "a space is not possible"
	}
	return ""
}

func isIdentifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}
