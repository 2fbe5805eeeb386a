package lint

import (
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// infosByID returns the descriptions of all checks.
func infosByID(kinds []validation.Kind) map[string]validation.Info {
	infos := map[string]validation.Info{}
	for _, k := range kinds {
		for _, c := range k.Checks {
			infos[c.ID] = c
		}
	}
	for _, c := range file.Checks() {
		infos[c.ID] = c
	}
	return infos
}

// finding completes a finding of a check of package file. It reports whether the check is on.
func (l *linter) finding(check, namespace string, f validation.Finding) (validation.Finding, bool) {
	f.Check = check
	f.Severity = l.severityIn(namespace)(l.infos[check])
	return f, f.Severity != validation.Off
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

// fileFinding returns a finding about a file, not about an object.
func (l *linter) fileFinding(check string, span source.Span, problem, fix string) located {
	f, _ := l.finding(check, "", validation.Place{}.Finding(problem, fix, problem))
	return located{span: span, finding: f}
}

func (l *linter) addKey(o *object, check string, span source.Span, path fieldpath.Path, problem, fix string) bool {
	f, on := l.finding(check, o.namespace, validation.Place{Path: path}.Finding(problem, fix, problem))
	if on {
		o.findings = append(o.findings, located{span: o.inFile(span), finding: f})
	}
	return on
}

// fixLast lets the last finding be fixed by another text at a place, if the place has the old one.
func (o *object) fixLast(span source.Span, old, text string) {
	start, end := span.Start.Offset, span.End.Offset
	if len(o.findings) == 0 || o.embedded != nil || string(o.file.Text[start:end]) != old {
		return
	}
	o.findings[len(o.findings)-1].fix = &source.Edit{Start: start, End: end, Text: text}
}
