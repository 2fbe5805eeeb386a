package lint

import (
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/internal/source"
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
	return r
}

func (o *object) identity() format.Object {
	if o.rules {
		return format.Object{File: o.file.Name, Kind: ruleFileKind, Namespace: o.namespace, Name: o.name}
	}
	return format.Object{File: o.file.Name, Kind: o.kind.Kind, Namespace: o.namespace, Name: o.name}
}

// ruleFileKind is what a report calls a plain rule file, which has no kind.
const ruleFileKind = "rules"

func locate(f *fileContent, o *object, found located) format.Located {
	at := format.Located{Finding: found.finding, File: f.Name}
	if o != nil {
		identity := o.identity()
		at.Kind, at.Namespace, at.Name = identity.Kind, identity.Namespace, identity.Name
		at.Template = o.document.HelmSource()
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
