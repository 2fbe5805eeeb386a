package lint

import (
	"fmt"
	"strings"
	"time"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// suppressionWord begins a comment that suppresses a check:
// promgate:ignore CHECK [until=YYYY-MM-DD] REASON.
const suppressionWord = "promgate:ignore"

// A suppression is one such comment.
type suppression struct {
	check string
	until time.Time // zero: without end
	scope fieldpath.Path
	span  source.Span
	used  bool
}

// parseSuppression reads the text of a comment after its hash. It returns nil for another comment,
// and words for what is wrong with one that cannot be read.
func parseSuppression(text string, checks map[string]validation.Info) (s *suppression, problem string) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), suppressionWord)
	if !ok || rest != "" && !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "\t") {
		return nil, ""
	}
	words := strings.Fields(rest)
	if len(words) == 0 {
		return nil, "the comment names no check"
	}
	s = &suppression{check: words[0]}
	if _, known := checks[s.check]; !known {
		return nil, fmt.Sprintf("there is no check %q", s.check)
	}
	words = words[1:]
	if len(words) > 0 && strings.HasPrefix(words[0], "until=") {
		date := strings.TrimPrefix(words[0], "until=")
		var err error
		if s.until, err = time.Parse(time.DateOnly, date); err != nil {
			return nil, fmt.Sprintf("%q is not a date such as 2026-12-31", date)
		}
		words = words[1:]
	}
	if len(words) == 0 {
		return nil, "the comment gives no reason"
	}
	return s, ""
}

// expired reports whether the check reports again.
func (s *suppression) expired(today time.Time) bool {
	return !s.until.IsZero() && !today.Before(s.until)
}

// suppressionsOf reads the suppressions in a document. Each applies to the entry of a list that
// the line of the comment, or the next line with content, belongs to, and else to the object.
func (l *linter) suppressionsOf(o *object) []*suppression {
	var found []*suppression
	for _, comment := range o.document.Comments() {
		scope := o.document.EntryAt(comment)
		if !scope.Within(o.root) {
			continue
		}
		s, problem := parseSuppression(strings.TrimPrefix(comment.Text, "#"), l.infos)
		if problem != "" {
			f, on := l.finding(file.SuppressionInvalid, o.namespace, validation.Place{}.Finding(
				problem+": nothing is suppressed", "write "+suppressionWord+" CHECK [until=YYYY-MM-DD] REASON", comment.Text))
			if on {
				o.findings = append(o.findings, located{span: o.inFile(comment.Span), finding: f})
			}
		}
		if s != nil {
			s.scope, s.span = scope, comment.Span
			found = append(found, s)
		}
	}
	return found
}

// suppress omits the findings that comments suppress, and adds a finding for a comment that
// suppresses nothing. It returns the number of omitted findings.
func (l *linter) suppress(o *object) int {
	suppressions := l.suppressionsOf(o)
	if len(suppressions) == 0 {
		return 0
	}
	var kept []located
	for _, found := range o.findings {
		if !l.isSuppressed(o, found.finding, suppressions) {
			kept = append(kept, found)
		}
	}
	omitted := len(o.findings) - len(kept)
	o.findings = kept
	for _, s := range suppressions {
		l.reportSuppression(o, s)
	}
	return omitted
}

func (l *linter) isSuppressed(o *object, f validation.Finding, suppressions []*suppression) bool {
	suppressed := false
	for _, s := range suppressions {
		if s.check != f.Check || !s.covers(o, f) {
			continue
		}
		s.used = true
		suppressed = suppressed || !s.expired(l.Today)
	}
	return suppressed
}

// covers reports whether a finding is in the scope of the suppression.
func (s *suppression) covers(o *object, f validation.Finding) bool {
	if isElsewhere(f.Path) {
		return s.scope.Equal(o.root)
	}
	return o.inDocument(f.Path).Within(s.scope)
}

func (l *linter) reportSuppression(o *object, s *suppression) {
	check, problem := file.SuppressionUnused, fmt.Sprintf("nothing is suppressed here: %s finds nothing", s.check)
	switch {
	case s.used && s.expired(l.Today):
		check, problem = file.SuppressionExpired, fmt.Sprintf("the suppression of %s has ended on %s", s.check, s.until.Format(time.DateOnly))
	case s.used:
		return
	}
	f, on := l.finding(check, o.namespace, validation.Place{}.Finding(problem, "remove the comment", s.check))
	if on {
		o.findings = append(o.findings, located{span: o.inFile(s.span), finding: f})
	}
}
