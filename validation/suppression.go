package validation

import (
	"fmt"
	"strings"
	"time"
)

// SuppressionAnnotation is the annotation that suppresses checks on an object, one on each line:
// CHECK [until=YYYY-MM-DD] REASON.
const SuppressionAnnotation = "promgate.dev/ignore-checks"

// A Suppression omits the findings of one check, for a reason that its author gives.
type Suppression struct {
	Check string

	// Until is the day from which on the check reports again. It is zero if there is no such day.
	Until time.Time

	Reason string
}

// ParseSuppression reads CHECK [until=YYYY-MM-DD] REASON. Problem says what is wrong with the text, as
// a clause; it is empty if the suppression can be used. Known reports whether a check exists.
func ParseSuppression(text string, known func(check string) bool) (s Suppression, problem string) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return s, "it names no check"
	}
	s.Check, words = words[0], words[1:]
	if !known(s.Check) {
		return s, fmt.Sprintf("there is no check %q", s.Check)
	}
	if len(words) > 0 {
		if date, ok := strings.CutPrefix(words[0], "until="); ok {
			var err error
			if s.Until, err = time.Parse(time.DateOnly, date); err != nil {
				return s, fmt.Sprintf("%q is not a date such as 2026-12-31", date)
			}
			words = words[1:]
		}
	}
	if len(words) == 0 {
		return s, "it gives no reason"
	}
	s.Reason = strings.Join(words, " ")
	return s, ""
}

// Expired reports whether the check reports again.
func (s Suppression) Expired(today time.Time) bool {
	return !s.Until.IsZero() && !today.Before(s.Until)
}

// String returns the suppression as [ParseSuppression] reads it.
func (s Suppression) String() string {
	if s.Until.IsZero() {
		return s.Check + " " + s.Reason
	}
	return s.Check + " until=" + s.Until.Format(time.DateOnly) + " " + s.Reason
}

// Suppressions says which findings the annotation of an object suppresses.
type Suppressions string

// The values of Suppressions. The zero value is SuppressWarnings: what Prometheus would refuse stays
// refused, whatever the author of an object writes into it.
const (
	SuppressWarnings Suppressions = "warnings"
	SuppressAll      Suppressions = "all"
	SuppressNone     Suppressions = "none"
)

// ParseSuppressions returns the value for a word of the configuration.
func ParseSuppressions(word string) (Suppressions, error) {
	switch s := Suppressions(word); s {
	case SuppressWarnings, SuppressAll, SuppressNone:
		return s, nil
	}
	return "", fmt.Errorf("suppressions %q is not one of warnings, all and none", word)
}

// Permits reports whether a finding may be suppressed.
func (s Suppressions) Permits(f Finding) bool {
	switch s {
	case SuppressAll:
		return true
	case SuppressNone:
		return false
	}
	return f.Severity != Deny
}
