package lint

import (
	"fmt"

	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// report puts together what all files have.
func (l *linter) report(read []*fileContent) format.Report {
	r := format.Report{}
	suppressed := 0
	for _, f := range read {
		for _, found := range f.findings {
			r.Findings = append(r.Findings, locate(f, nil, found))
		}
		for _, o := range f.objects {
			suppressed += l.suppress(o)
			for _, found := range o.findings {
				r.Findings = append(r.Findings, locate(f, o, found))
			}
			if o.isOurs() {
				r.Checked = append(r.Checked, o.identity())
			}
		}
	}
	r.Summary = format.Summarize(r.Findings, r.Checked)
	r.Summary.Suppressed = suppressed
	if l.selectsNothing(read) {
		r.Summary.Note = "selection and duplicate jobs were not checked: no Prometheus object is among the files; add one, or use --cluster or --select"
	}
	return r
}

// selectsNothing reports whether there are objects to select, and nothing that selects is known or, because
// it cannot be read, not known.
func (l *linter) selectsNothing(read []*fileContent) bool {
	for _, kind := range selection.AllKinds() {
		if kind.Instance && !kind.Notifies && len(l.model.Refs(kind.Kind)) > 0 {
			return false
		}
	}
	hasSelectable := false
	for _, o := range objectsOf(read) {
		kind, known := selection.KindFor(o.kind)
		if known && kind.Notifies {
			continue // no Prometheus decides about it
		}
		if known && kind.Instance {
			return false
		}
		hasSelectable = hasSelectable || known && kind.Selectable && !o.rules
	}
	return hasSelectable
}

func (o *object) identity() format.Object {
	if o.rules {
		return format.Object{File: o.file.Name, Kind: RuleFileKind, Namespace: o.namespace, Name: o.name}
	}
	return format.Object{File: o.file.Name, Kind: o.kind.Kind, Namespace: o.namespace, Name: o.name}
}

// RuleFileKind is what a report calls a plain rule file, which has no kind.
const RuleFileKind = "rules"

func locate(f *fileContent, o *object, found located) format.Located {
	at := format.Located{Finding: found.finding, File: f.Name}
	if o != nil {
		identity := o.identity()
		at.Kind, at.Namespace, at.Name = identity.Kind, identity.Namespace, identity.Name
		at.Template = o.document.HelmSource()
		at.Finding.Path = o.reported(at.Finding.Path)
		if o.embedded != nil {
			key := fmt.Sprintf("key %q", o.embedded.field.Last().Name)
			at.Finding.Subject = append(validation.Subject{key}, at.Finding.Subject...)
			at.Template = o.embedded.outer.HelmSource()
		}
	}
	span := found.span
	if span == nil {
		placed := o.span(found.finding)
		span = &placed
	}
	at.Start, at.End = position(span.Start), position(span.End)
	at.SourceLine = f.source.LineText(span.Start.Line)
	return at
}

func position(p source.Position) format.Position {
	return format.Position{Line: p.Line, Column: p.Column}
}
