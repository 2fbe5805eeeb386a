package lint

import (
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation"
)

// A located finding has a place in its file.
type located struct {
	finding validation.Finding

	// span is the place. It is nil as long as it follows from the finding alone: see [object.span].
	span *source.Span

	// fix is the edit of the file that removes the cause, or nil.
	fix *source.Edit
}

// at sets a place that does not follow from the finding.
func (f *located) at(span source.Span) {
	if f != nil {
		f.span = &span
	}
}

// onKey makes the finding one about the key that its path ends in.
func (f *located) onKey() {
	if f != nil {
		f.finding.IsKey = true
	}
}

// add adds a finding of a check of package file on an object. It returns nil if the check is off.
func (l *linter) add(o *object, check string, path fieldpath.Path, problem, fix string) *located {
	return l.addTo(&o.findings, check, o.namespace, validation.Place{Path: path}.Finding(problem, fix, problem))
}

// addToFile adds a finding on a file, not on an object.
func (l *linter) addToFile(f *fileContent, check string, span source.Span, problem, fix string) *located {
	found := l.addTo(&f.findings, check, "", validation.Place{}.Finding(problem, fix, problem))
	found.at(span)
	return found
}

func (l *linter) addTo(findings *[]located, check, namespace string, f validation.Finding) *located {
	f.Check = check
	f.Severity = l.severityIn(namespace)(l.infos[check])
	if f.Severity == validation.Off {
		return nil
	}
	*findings = append(*findings, located{finding: f})
	return &(*findings)[len(*findings)-1]
}

// severityIn returns the severities in a namespace. While files are read, the labels of namespaces
// are not known yet: the checks that run then cannot be set by namespace.
func (l *linter) severityIn(namespace string) func(validation.Info) validation.Severity {
	var labels map[string]string
	if l.model != nil {
		labels = l.model.NamespaceLabels(namespace)
	}
	return func(info validation.Info) validation.Severity { return l.Severity(info, labels) }
}

// fixBy lets a finding be fixed by another text at a place in the object's document, if the place has
// the old text, as it is or in quotes, which stay.
func (o *object) fixBy(f *located, span source.Span, old, text string) {
	start, end := span.Start.Offset, span.End.Offset
	if f == nil || o.embedded != nil {
		return
	}
	written := string(o.file.Text[start:end])
	if isQuoted := written == `"`+old+`"` || written == "'"+old+"'"; isQuoted {
		start, end = start+1, end-1
	} else if written != old {
		return
	}
	f.fix = &source.Edit{Start: start, End: end, Text: text}
}
