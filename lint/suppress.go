package lint

import (
	"fmt"
	"slices"
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

// A suppression is one such comment, or a line of the annotation.
type suppression struct {
	validation.Suppression

	scope fieldpath.Path
	span  source.Span
	used  bool
}

// commentedSuppressions returns the suppressions in the comments of an object. Each applies to the
// entry of a list that the line of the comment, or the next line with content, belongs to, and else to
// the object.
func (l *linter) commentedSuppressions(o *object) []*suppression {
	var found []*suppression
	for _, c := range o.document.comments {
		switch {
		case !c.isAbout(o):
		case c.problem != "":
			l.addInvalid(o, c.span, c.problem, c.fix)
		case c.isAbove(o):
			l.addInvalid(o, c.span, "the comment is about the List, not about an object in it", "move it to the object that it is about")
		default:
			found = append(found, &suppression{Suppression: c.Suppression, scope: c.scope, span: c.span})
		}
	}
	return found
}

func (l *linter) addInvalid(o *object, span source.Span, problem, fix string) {
	l.add(o, file.SuppressionInvalid, fieldpath.Path{}, "nothing is suppressed here: "+problem, fix).at(o.inFile(span))
}

// annotatedSuppressions reads the lines of the object's annotation. Those that suppress something are
// used already: the review has omitted the findings.
func (l *linter) annotatedSuppressions(o *object) []*suppression {
	if o.typed == nil || o.rules {
		return nil
	}
	text := o.typed.GetAnnotations()[validation.SuppressionAnnotation]
	path := o.root.Join(fieldpath.New("metadata", "annotations").Key(validation.SuppressionAnnotation))
	var found []*suppression
	for offset := 0; offset < len(text); {
		line, _, _ := strings.Cut(text[offset:], "\n")
		if strings.TrimSpace(line) != "" {
			span, _ := o.document.Within(path, false, text, offset, offset+len(line))
			parsed, problem := validation.ParseSuppression(line, l.isCheck)
			if problem != "" {
				l.addInvalid(o, span, problem, "write CHECK [until=YYYY-MM-DD] REASON")
			} else {
				found = append(found, &suppression{Suppression: parsed, scope: o.root, span: span, used: o.hasSuppressed(parsed.Check, nil)})
			}
		}
		offset += len(line) + 1
	}
	return found
}

// suppress omits the findings that comments suppress, and adds a finding for a comment that
// suppresses nothing. It returns the number of omitted findings.
func (l *linter) suppress(o *object) int {
	annotated := l.annotatedSuppressions(o)
	suppressions := l.commentedSuppressions(o)
	var kept []located
	for _, found := range o.findings {
		if !l.isSuppressed(o, found.finding, suppressions) {
			kept = append(kept, found)
		}
	}
	omitted := len(o.findings) - len(kept) + len(o.suppressed)
	o.findings = kept
	for _, s := range suppressions {
		// The annotation may say the same already.
		s.used = s.used || o.hasSuppressed(s.Check, s)
	}
	for _, s := range annotated {
		// One that has expired, or may not suppress a denial, has its finding still.
		s.used = s.used || slices.ContainsFunc(o.findings, func(found located) bool { return found.finding.Check == s.Check })
	}
	l.annotate(o, suppressions, annotated)
	for _, s := range append(suppressions, annotated...) {
		l.reportSuppression(o, s)
	}
	return omitted
}

func (l *linter) isSuppressed(o *object, f validation.Finding, suppressions []*suppression) bool {
	suppressed := false
	for _, s := range suppressions {
		if s.Check != f.Check || !s.covers(o, f) {
			continue
		}
		s.used = true
		suppressed = suppressed || !s.Expired(l.Today)
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
	check, problem := file.SuppressionUnused, fmt.Sprintf("nothing is suppressed here: %s finds nothing", s.Check)
	switch {
	case s.used && s.Expired(l.Today):
		check, problem = file.SuppressionExpired, fmt.Sprintf("the suppression of %s has ended on %s", s.Check, s.Until.Format(time.DateOnly))
	case s.used, o.typed == nil, l.runsElsewhere(s.Check): // what cannot be read is not checked
		return
	}
	l.add(o, check, fieldpath.Path{}, problem, "remove it").at(o.inFile(s.span))
}

// runsElsewhere reports whether another command runs a check.
func (l *linter) runsElsewhere(check string) bool {
	return slices.ContainsFunc(l.Elsewhere, func(c validation.Info) bool { return c.ID == check })
}

// hasSuppressed reports whether the annotation of the object suppresses a finding of the check, in the scope
// of a comment if one is given.
func (o *object) hasSuppressed(check string, comment *suppression) bool {
	return slices.ContainsFunc(o.suppressed, func(f validation.Finding) bool {
		return f.Check == check && (comment == nil || comment.covers(o, f))
	})
}

// annotate prepares the annotation that says the same as the comments of the object: a webhook does not see
// comments.
func (l *linter) annotate(o *object, comments, annotated []*suppression) {
	if !l.Annotate || o.typed == nil || o.rules || o.embedded != nil {
		return
	}
	var there, lines []string
	for _, s := range annotated {
		there = append(there, s.String())
	}
	for _, s := range comments {
		if line := s.String(); s.used && !s.Expired(l.Today) && !slices.Contains(lines, line) && !slices.Contains(there, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return
	}
	if edit, ok := o.editAnnotation(lines); ok {
		o.annotate = &edit
	}
}

// editAnnotation returns the edit that adds lines to the annotation.
func (o *object) editAnnotation(lines []string) (source.Edit, bool) {
	annotations := o.root.Join(fieldpath.New("metadata", "annotations"))
	if text := o.typed.GetAnnotations()[validation.SuppressionAnnotation]; text != "" {
		return o.document.AppendLines(annotations.Key(validation.SuppressionAnnotation), text, lines)
	}
	return o.document.AddStrings(annotations, [][2]string{{validation.SuppressionAnnotation, strings.Join(lines, "\n")}})
}
