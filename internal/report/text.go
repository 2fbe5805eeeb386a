// Package report writes findings as text, for those who show them. Findings hold names and
// values of any length as a user wrote them; here they become single lines that fit where they
// are shown, and that cannot drive a terminal. It is pure.
package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// Limits bound how much is shown of what a user wrote, in characters. A zero limit shows
// all of it.
type Limits struct {
	Path, Subject, Problem int

	// Excerpt bounds the line that an excerpt shows, around its place.
	Excerpt int
}

// ReadableLimits are those of a text that somebody reads in a terminal, in an Event or in
// the answer to kubectl.
func ReadableLimits() Limits {
	return Limits{
		// The deepest path of the monitor kinds has 60 characters without its keys. A
		// label's name may add 253, and that of a rule's label any number.
		Path: 200,
		// A group and an alert, each of which may have a name of any length.
		Subject: 160,
		// The longest problem of a check has 150 characters without what it quotes.
		Problem: 400,
		// With its indent the excerpt fits a terminal of 100 columns.
		Excerpt: 90,
	}
}

// Line returns a finding in one line: path, subject, problem, fix and the check's id.
func Line(f validation.Finding, limits Limits) string {
	var b strings.Builder
	b.WriteString(clipMiddle(f.Path.String(), limits.Path))
	if len(f.Subject) > 0 {
		fmt.Fprintf(&b, " (%s)", clipMiddle(f.Subject.String(), limits.Subject))
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(clipMiddle(f.Problem, limits.Problem))
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	fmt.Fprintf(&b, " [%s]", f.Check)
	return OneLine(b.String())
}

// Text returns a finding in full: its line, and below that the excerpt with a caret.
func Text(f validation.Finding, limits Limits) string {
	if f.Excerpt == nil {
		return Line(f, limits)
	}
	return Line(f, limits) + "\n" + excerptLines(*f.Excerpt, limits.Excerpt)
}

// Problem returns what is wrong in one line, as [Line] has it.
func Problem(f validation.Finding, limits Limits) string {
	return OneLine(clipMiddle(f.Problem, limits.Problem))
}

// Subject returns the user's name for the place in one line, as [Line] has it. It may be empty.
func Subject(f validation.Finding, limits Limits) string {
	return OneLine(clipMiddle(f.Subject.String(), limits.Subject))
}

// Path returns a path as a value of its own, such as the field of a cause.
func Path(path fieldpath.Path, limits Limits) string {
	return OneLine(clipMiddle(path.String(), limits.Path))
}

// ShortLine returns a finding in a line of at most length characters. Where the whole line
// does not fit, the outer parts of the subject go first, which the path implies, then the fix,
// then the end of the problem, and never the check's id.
func ShortLine(f validation.Finding, limits Limits, length int) string {
	fits := func(line string) bool { return utf8.RuneCountInString(line) <= length }
	line := Line(f, limits)
	if !fits(line) {
		f.Subject = f.Subject.Innermost()
		line = Line(f, limits)
	}
	if !fits(line) {
		f.Fix = ""
		line = Line(f, limits)
	}
	if fits(line) {
		return line
	}
	id := " [" + f.Check + "]"
	return Clip(strings.TrimSuffix(line, id), length-len(id)) + id
}

// ellipsis replaces what is cut off.
const ellipsis = "..."

// clipMiddle cuts a text to a number of characters, in its middle: both ends say what it
// is. With a limit of zero it returns the whole text.
func clipMiddle(text string, characters int) string {
	if characters <= 0 || len(text) <= characters {
		return text
	}
	runes := []rune(text)
	if len(runes) <= characters {
		return text
	}
	half := (characters - len(ellipsis)) / 2
	return string(runes[:half]) + ellipsis + string(runes[len(runes)-half:])
}

// Clip cuts a text to a number of characters, at its end.
func Clip(text string, characters int) string {
	runes := []rune(text)
	if len(runes) <= characters {
		return text
	}
	return string(runes[:max(characters-len(ellipsis), 0)]) + ellipsis
}

// ClipBytes cuts a text to a number of bytes, at its end and between two characters.
func ClipBytes(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:max(bytes-len("…"), 0)], "") + "…"
}

// OneLine replaces the characters that could break a line or drive a terminal by spaces: the names
// and values in a message are a user's, and may be an attacker's. The result has as many characters
// as s.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// IsControl reports whether a character could break a line or drive a terminal. These include line
// separators and bidirectional controls, for which unicode.IsControl returns false.
func IsControl(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r == 0x2028, r == 0x2029, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x061c, r == 0x200e, r == 0x200f:
		return true
	}
	return false
}
