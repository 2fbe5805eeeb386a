package judge

import (
	"strings"
	"unicode"

	"github.com/promgate/promgate/dialect"
)

// patternsSince is the first release whose paths are patterns of Go 1.22 (its go.mod).
var patternsSince = dialect.Version{2, 55, 0}

// refusesPrefix says why Prometheus cannot serve below a prefix (v0.316, web/web.go), or returns "". Its router, httprouter, reads
// :name and *name in it, and Go's own, which it registers its API with, reads {name}, and a method before a space. Both
// panic.
func refusesPrefix(prefix string, patterns bool) string {
	prefix = strings.Trim(prefix, "/")
	names := map[string]bool{}
	for part := range strings.SplitSeq(prefix, "/") {
		if strings.Contains(part, "*") {
			return "* is not possible"
		}
		if _, name, named := strings.Cut(part, ":"); named && (name == "" || strings.Contains(name, ":")) {
			return ": needs a name after it"
		}
		if !patterns || !strings.Contains(part, "{") {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(part, "{"), "}")
		if part != "{"+name+"}" || !isIdentifier(name) || names[name] {
			return "{ begins a name that ends with }"
		}
		names[name] = true
	}
	if patterns && strings.ContainsAny(prefix, " \t") {
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
