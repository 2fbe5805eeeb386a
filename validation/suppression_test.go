package validation

import (
	"testing"
	"time"
)

func TestParseSuppression(t *testing.T) {
	known := func(check string) bool { return check == "zero-for" }
	for text, want := range map[string]struct{ suppression, problem string }{
		"zero-for it is  meant so":            {suppression: "zero-for it is meant so"},
		" zero-for until=2026-12-31 a reason": {suppression: "zero-for until=2026-12-31 a reason"},
		"":                                    {problem: "it names no check"},
		"zero-four a":                         {problem: `there is no check "zero-four"`},
		"zero-for":                            {problem: "it gives no reason"},
		"zero-for until=2026-12-31":           {problem: "it gives no reason"},
		"zero-for until=soon a":               {problem: `"soon" is not a date such as 2026-12-31`},
		"zero-for a until=2026-12-31":         {suppression: "zero-for a until=2026-12-31"},
	} {
		s, problem := ParseSuppression(text, known)
		if problem != want.problem {
			t.Errorf("%q: problem %q", text, problem)
		}
		if problem == "" && s.String() != want.suppression {
			t.Errorf("%q: got %q", text, s)
		}
	}
}

func TestSuppressionExpires(t *testing.T) {
	day := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	s := Suppression{Until: day}
	if s.Expired(day.Add(-time.Second)) || !s.Expired(day) || (Suppression{}).Expired(day) {
		t.Error("a suppression ends with its date")
	}
}

func TestSuppressionsPermit(t *testing.T) {
	for s, want := range map[Suppressions][2]bool{"": {false, true}, SuppressWarnings: {false, true}, SuppressAll: {true, true}, SuppressNone: {false, false}} {
		if got := [2]bool{s.Permits(Finding{Severity: Deny}), s.Permits(Finding{Severity: Warn})}; got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
	if _, err := ParseSuppressions("some"); err == nil {
		t.Error("any word is accepted")
	}
}
