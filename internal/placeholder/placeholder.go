// Package placeholder finds texts that a tool or a person was to replace, and that nobody has replaced. It is a
// leaf: it imports nothing of promgate.
package placeholder

import (
	"regexp"
	"strings"
)

// Find returns the first placeholder in a value that is no template, no pattern and no prose: the value
// of a label, or of a matcher. Only what no real value looks like counts.
//
//   - ${NAME}, {{ .Name }}, {{ name }} and %(name)s anywhere
//   - $NAME, [[name]], <your-name> and CHANGEME as the whole value
func Find(value string) (found string, ok bool) {
	if !strings.ContainsAny(value, "$%{[<") && !changeMe.MatchString(value) {
		return "", false
	}
	if at := anywhere.FindString(value); at != "" {
		return at, true
	}
	return value, whole.MatchString(value) || changeMe.MatchString(value)
}

var (
	anywhere = regexp.MustCompile(`\$\{[A-Za-z_][\w.:-]*\}|\{\{-?(?:\s+|\.|\$).*?\}\}|%\([A-Za-z_]\w*\)[sd]`)
	whole    = regexp.MustCompile(`^(?:\$[A-Za-z_]\w*|\[\[[A-Za-z_]\w*\]\]|<(?i:your|insert|replace|change|enter)\b[\w .-]*>)$`)
	changeMe = regexp.MustCompile(`^(?i:(?:change|replace)[-_ ]?me)$`)
)
