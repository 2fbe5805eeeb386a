package relabeling

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Reference is a part of a replacement that stands for what a group of the regular expression has
// captured: $1, ${1} or ${name}.
type Reference struct {
	Name       string
	Start, End int // of the whole reference in the text
}

// References returns the references in a replacement, as regexp.Expand reads them: $1x is the group "1x",
// and $$ is a dollar sign.
func References(template string) []Reference {
	var all []Reference
	for at := 0; ; {
		i := strings.IndexByte(template[at:], '$')
		if i < 0 {
			return all
		}
		at += i
		rest := template[at+1:]
		if strings.HasPrefix(rest, "$") {
			at += 2
			continue
		}
		name, length := referenceAt(rest)
		if name != "" {
			all = append(all, Reference{name, at, at + 1 + length})
		}
		at += 1 + length
	}
}

// referenceAt returns the name behind a dollar sign, and the length of what is written for it. The name
// is empty if the dollar sign is one.
func referenceAt(text string) (name string, length int) {
	inner, braces := strings.CutPrefix(text, "{")
	end := strings.IndexFunc(inner, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		end = len(inner)
	}
	switch {
	case end == 0:
		return "", 0
	case !braces:
		return inner[:end], end
	case !strings.HasPrefix(inner[end:], "}"):
		return "", 0
	}
	return inner[:end], end + 2
}

// in reports whether a regular expression has the group of a reference.
func (r Reference) in(re *syntax.Regexp) bool {
	if number, isNumber := r.Number(); isNumber {
		return number <= re.MaxCap()
	}
	return slices.Contains(re.CapNames(), r.Name)
}

// Number returns the number of the group, if the reference names one.
func (r Reference) Number() (number int, isNumber bool) {
	if len(r.Name) > 1 && r.Name[0] == '0' {
		return 0, false // regexp.Expand takes it for a name
	}
	n, err := strconv.ParseUint(r.Name, 10, 26)
	return int(n), err == nil
}

// Dangling returns the references in a replacement to groups that the regular expression, with its anchors,
// does not have. They always become the empty text.
func Dangling(template string, re *syntax.Regexp) []Reference {
	return slices.DeleteFunc(References(template), func(r Reference) bool { return r.in(re) })
}
