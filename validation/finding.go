package validation

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/jobs"
)

// A Finding is one mistake of the user's, in words that can be acted on.
type Finding struct {
	// Check and Severity are set by the runner.
	Check    string
	Severity Severity

	// Path of the field, as kubectl explain spells it: spec.groups[0].rules[1].expr.
	Path string

	// Subject is what the user calls the place: group "node", alert "NodeDown".
	// May be empty.
	Subject string

	// Problem says what is wrong, Fix how to mend it. Both are a clause without a
	// full stop, and carry neither a position nor a time. Fix may be empty.
	Problem string
	Fix     string

	// Excerpt shows the place inside the field. May be nil.
	Excerpt *Excerpt

	// Key is the finding's content: names and the offending value, never a position.
	// Two findings of one check with the same key are the same mistake.
	Key string

	// Covered is the path of what a finding is about that says less exactly what others
	// may say: it is left out by [Settled] as long as one of those denies. Empty for
	// most.
	Covered string

	// LeavesOut is the check's: the runner sets it.
	LeavesOut bool

	// Clash is what a finding over another monitor is about, which is confirmed before it
	// denies; nil for others.
	Clash *jobs.Clash

	// Known says that the stored object has the same mistake: the finding has
	// become a warning for that reason alone.
	Known bool
}

// Key joins the parts of a content key.
func Key(parts ...string) string {
	return strings.Join(parts, "\x00")
}

// What the user wrote may be of any length; a line of ours is not. In characters.
const (
	maxPath    = 200
	maxSubject = 160
	maxProblem = 400
)

// Line says it in one line: path, subject, problem and fix, check id.
func (f Finding) Line() string {
	var b strings.Builder
	b.WriteString(clip(f.Path, maxPath))
	if f.Subject != "" {
		fmt.Fprintf(&b, " (%s)", clip(f.Subject, maxSubject))
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(clip(f.Problem, maxProblem))
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	fmt.Fprintf(&b, " [%s]", f.Check)
	return oneLine(b.String())
}

// Text says it in full: the line, and below it the excerpt with a caret.
func (f Finding) Text() string {
	if f.Excerpt == nil {
		return f.Line()
	}
	return f.Line() + "\n" + f.Excerpt.String()
}

// oneLine replaces what could break a line or drive a terminal: names and values
// in a message are the user's, or an attacker's.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, s)
}

// clip cuts a text to a number of characters, in its middle: both ends tell.
func clip(text string, characters int) string {
	runes := []rune(text)
	if len(runes) <= characters {
		return text
	}
	half := (characters - len(ellipsis)) / 2
	return string(runes[:half]) + ellipsis + string(runes[len(runes)-half:])
}

// isControl also takes the line separators and the bidirectional controls, which
// unicode.IsControl does not.
func isControl(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r == 0x2028, r == 0x2029, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x061c, r == 0x200e, r == 0x200f:
		return true
	}
	return false
}
