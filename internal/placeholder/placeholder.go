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
	if !strings.ContainsAny(value, "$%{[<") {
		return value, saysChangeMe(value)
	}
	if at := anywhere.FindString(value); at != "" {
		return at, true
	}
	return value, whole.MatchString(value)
}

// FindInPattern is [Find] for a regular expression, where %(name)s and [[name]] may be right.
func FindInPattern(pattern string) (found string, ok bool) {
	found, ok = Find(pattern)
	if !ok || !strings.Contains(pattern, "${") && !strings.Contains(pattern, "{{") && !strings.HasPrefix(pattern, "$") {
		return "", false
	}
	return found, true
}

// saysChangeMe reports whether a value is nothing but the request to change it.
func saysChangeMe(value string) bool {
	for _, request := range []string{"changeme", "change-me", "change_me", "change me", "replaceme", "replace-me", "replace_me", "replace me"} {
		if strings.EqualFold(value, request) {
			return true
		}
	}
	return false
}

var (
	anywhere = regexp.MustCompile(`\$\{[A-Za-z_][\w.:-]*\}|\{\{-?(?:\s+|\.|\$).*?\}\}|%\([A-Za-z_]\w*\)[sd]`)
	whole    = regexp.MustCompile(`^(?:\$[A-Za-z_]\w*|\[\[[A-Za-z_]\w*\]\]|<(?i:your|insert|replace|change|enter)\b[\w .-]*>)$`)
)
