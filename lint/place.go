package lint

import (
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation"
)

// An embedded document is the value of a field in the document of the file.
type embedded struct {
	outer *source.Document
	field fieldpath.Path

	// name is the path of the field in its object.
	name fieldpath.Path
	text string
}

// span returns the place of a finding about the object.
func (o *object) span(f validation.Finding) source.Span {
	if e := f.Excerpt; e != nil && !e.Field.IsZero() {
		span, _ := o.document.Within(o.inDocument(e.Field), e.IsKey, e.Text, e.Start, e.End)
		return o.inFile(span)
	}
	if isElsewhere(f.Path) {
		return o.nameSpan()
	}
	if f.IsKey {
		return o.keySpan(f.Path)
	}
	span, _ := o.document.Value(o.inDocument(f.Path))
	return o.inFile(span)
}

// isElsewhere reports whether a path leads into another object, such as the Prometheus that selects
// the object.
func isElsewhere(path fieldpath.Path) bool {
	steps := path.Steps()
	return len(steps) > 0 && steps[0].Kind == fieldpath.Object
}

// nameSpan returns the place of the object's name.
func (o *object) nameSpan() source.Span {
	span, _ := o.document.Value(o.root.Join(fieldpath.New("metadata", "name")))
	return o.inFile(span)
}

// specPath is the part of a PrometheusRule that a rule file is.
var specPath = fieldpath.New("spec")

// inDocument returns a path of the object as a path in its document.
func (o *object) inDocument(path fieldpath.Path) fieldpath.Path {
	if o.rules && path.Within(specPath) {
		path = path.Below(specPath)
	}
	return o.root.Join(path)
}

// below returns a path of the object's document as a path of the object.
func (o *object) below(path fieldpath.Path) fieldpath.Path {
	path = path.Below(o.root)
	if o.rules {
		path = specPath.Join(path)
	}
	return path
}

// reported returns a path of the object as a report has it: a rule file is no PrometheusRule there, and may
// be the value of a field.
func (o *object) reported(path fieldpath.Path) fieldpath.Path {
	if !o.rules || !path.Within(specPath) {
		return path
	}
	path = path.Below(specPath)
	if o.embedded != nil {
		path = o.embedded.name.Join(path)
	}
	return path
}

// inFile returns a place in the object's document as a place in its file.
func (o *object) inFile(span source.Span) source.Span {
	if o.embedded == nil {
		return span
	}
	e := o.embedded
	outer, _ := e.outer.Within(e.field, false, e.text, span.Start.Offset, span.End.Offset)
	return outer
}

func (o *object) line(span source.Span) int { return o.inFile(span).Start.Line }
