package lint

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// checkShape finds what YAML and the API server do to the object before a webhook sees it, and sets
// the defaults.
func (l *linter) checkShape(ctx context.Context, o *object) error {
	l.checkKeys(o)
	schema, known, err := l.Schemas.For(o.kind)
	if err != nil || !known {
		return err //nolint:wrapcheck // it names the schema
	}
	for _, unknown := range schema.Unknown(o.fields) {
		fix := "remove it"
		if unknown.Nearest != "" {
			fix = "did you mean " + unknown.Nearest + "?"
		}
		name := unknown.Path.Last().Name
		reported := l.addShape(o, file.UnknownField, unknown.Path, fmt.Sprintf("there is no field %q in %s", name, parentName(unknown.Path, o)), fix)
		if reported && strings.EqualFold(name, unknown.Nearest) {
			span, _ := o.document.Key(o.inDocument(unknown.Path))
			o.fixLast(span, name, unknown.Nearest)
		}
	}
	schema.Default(o.fields)
	for _, violation := range schema.Validate(ctx, o.fields) {
		l.addShape(o, file.Schema, violation.Path, violation.Field+": "+violation.Message, "")
	}
	return nil
}

// parentName returns the name of what a field is in: the kind, or the field above.
func parentName(path fieldpath.Path, o *object) string {
	if parent := path.Parent(); !parent.IsZero() {
		return parent.String()
	}
	return o.kind.Kind
}

// addShape adds a finding on what the API server refuses.
func (l *linter) addShape(o *object, check string, path fieldpath.Path, problem, fix string) bool {
	finding, on := l.finding(check, o.namespace, validation.Place{Path: path}.Finding(problem, fix, problem))
	if !on {
		return false
	}
	o.refused = true
	if check == file.UnknownField {
		span, _ := o.document.Key(o.inDocument(path))
		o.findings = append(o.findings, located{span: o.inFile(span), finding: finding})
		return true
	}
	o.findings = append(o.findings, located{span: o.span(finding), finding: finding})
	return true
}

// decode decodes an object into its Go type. The reason why it cannot be decoded is a finding of its
// schema already; for kinds without a schema promgate needs the object only to look things up.
func (l *linter) decode(o *object, known selection.Kind) error {
	raw, err := o.raw()
	if err != nil {
		return err
	}
	typed := known.New()
	if err := validation.Decode(raw, typed); err != nil {
		if kind, ok := l.kindOf(o); ok && !o.refused {
			for _, f := range kind.Malformed(raw, err, l.severityIn(o.namespace)) {
				o.findings = append(o.findings, located{span: o.span(f), finding: f})
			}
		}
		return nil
	}
	typed.SetNamespace(o.namespace)
	o.typed = typed
	return nil
}

// checkKeys finds keys that YAML gives another meaning, in the part of the document that is the
// object.
func (l *linter) checkKeys(o *object) {
	for _, repeated := range o.document.DuplicateKeys() {
		if !repeated.Map.Within(o.root) {
			continue
		}
		l.addKey(o, file.RepeatedKey, repeated.Again, repeated.Map,
			fmt.Sprintf("the key %q is there twice, first in line %d: %s", repeated.Name, o.line(repeated.First), o.afterRepeated()), "remove one of the two, or join them")
	}
	if o.rules {
		return // Prometheus' own loader reads the name as it is written
	}
	for _, odd := range o.document.OddKeys() {
		if !odd.Map.Within(o.root) {
			continue
		}
		reported := l.addKey(o, file.BooleanKey, odd.Span, odd.Map,
			fmt.Sprintf("YAML reads the name %s as another value, and it is stored as %q", odd.Written, odd.JSON), fmt.Sprintf("put it in quotes: %q", odd.Written))
		if reported {
			o.fixLast(odd.Span, odd.Written, strconv.Quote(odd.Written))
		}
	}
}

// afterRepeated says what becomes of a map with a repeated key.
func (o *object) afterRepeated() string {
	if o.rules {
		return "Prometheus refuses the file"
	}
	return "only the last one counts"
}
