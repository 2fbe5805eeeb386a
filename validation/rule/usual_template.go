package rule

import (
	"slices"
	"strings"
	"text/template/parse"
)

// usage is what a template reads of the alert's data.
type usage struct {
	labels []string // those that it reads without a test whether they are there
	value  bool     // it prints the value
}

// usageOf returns what parsed templates read.
func usageOf(trees []*parse.Tree) usage {
	return usage{labels: usedLabels(trees), value: printsValue(trees)}
}

// usageOfUsual reads a template whose actions print labels and the value, as nearly all do: {{ $labels.job }},
// {{ $value | humanize }}, {{ printf "%.2f" $value }}. Parsing one takes more than ten times as long. It reports false at the least
// doubt: the parser then decides. Where it reports true, the template is valid, cannot fail whatever the data is, calls no
// query, and defines no other template.
func usageOfUsual(text string) (usage, bool) {
	var u usage
	for seen := false; ; seen = true {
		start := strings.Index(text, "{{")
		if start < 0 {
			return u, !seen || !hasBareLabel(text)
		}
		if hasBareLabel(text[:start]) {
			return usage{}, false
		}
		end := strings.Index(text[start:], "}}")
		if end < 0 {
			return usage{}, false
		}
		if !u.addAction(text[start+2 : start+end]) {
			return usage{}, false
		}
		text = text[start+end+2:]
	}
}

// addAction reads what is between {{ and }}, and reports whether it is usual.
func (u *usage) addAction(text string) bool {
	for first := true; ; first = false {
		command, rest, more := strings.Cut(text, "|")
		if !u.addCommand(command, first) {
			return false
		}
		if !more {
			return true
		}
		text = rest
	}
}

// addCommand reads a command of a pipeline: one argument, or a function with its arguments.
func (u *usage) addCommand(text string, first bool) bool {
	if text = strings.Trim(text, " "); text == "" {
		return false
	}
	word, rest, hasMore := strings.Cut(text, " ")
	if !first || hasMore {
		if !slices.Contains(plainFunctions, word) {
			return false
		}
		if text = strings.Trim(rest, " "); text == "" {
			return true
		}
	}
	for text != "" {
		if text = u.cutArgument(text); text == notUsual {
			return false
		}
	}
	return true
}

// notUsual stands for a text that is left to the parser.
const notUsual = "\x00"

// cutArgument reads the label, the value or the string that a text begins with, and returns the text behind it and the
// spaces that follow.
func (u *usage) cutArgument(text string) (rest string) {
	if text[0] == '"' {
		end := strings.IndexByte(text[1:], '"') + 1
		if end == 0 || !isPlainString(text[1:end]) || suspectVerb.MatchString(text[1:end]) || end+1 < len(text) && text[end+1] != ' ' {
			return notUsual
		}
		return strings.TrimLeft(text[end+1:], " ")
	}
	word, rest, _ := strings.Cut(text, " ")
	if label, ok := strings.CutPrefix(word, "$labels."); ok && isPlainName(label) {
		u.labels = append(u.labels, label)
	} else if word == "$value" {
		u.value = true
	} else {
		return notUsual
	}
	return strings.TrimLeft(rest, " ")
}

// isPlainString reports whether a string is printable ASCII without an escape, or a brace.
func isPlainString(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\\' || c == '{' || c == '}' || c == '|' {
			return false
		}
	}
	return true
}

// isPlainName reports whether a name is one to the parser, and has no other characters than the usual ones.
func isPlainName(name string) bool {
	for i := range len(name) {
		c := name[i]
		isLetter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		isDigit := c >= '0' && c <= '9'
		if !isLetter && (i == 0 || !isDigit) {
			return false
		}
	}
	return name != ""
}
