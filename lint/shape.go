package lint

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation/file"
)

// checkShape finds what YAML and the API server do to the object before a webhook sees it, and sets
// the defaults.
func (l *linter) checkShape(ctx context.Context, o *object) error {
	l.checkKeys(o)
	l.checkOperator(o)
	s, known, err := l.Schemas.For(o.kind)
	if err != nil || !known {
		return err //nolint:wrapcheck // it names the schema
	}
	unknown, violations := s.Admit(ctx, o.fields)
	for _, unknown := range unknown {
		name := unknown.Path.Last().Name
		found := l.refuseField(o, unknown, fmt.Sprintf("there is no field %q in %s", name, parentName(unknown.Path, o)))
		if strings.EqualFold(name, unknown.Nearest) {
			o.fixBy(found, o.keySpan(unknown.Path), name, unknown.Nearest)
		}
	}
	l.reportViolations(ctx, o, s, violations)
	return nil
}

// checkOperator finds what the version of the operator does not know.
func (l *linter) checkOperator(o *object) {
	if l.OperatorVersion == nil {
		return
	}
	for _, m := range schema.MissingIn(*l.OperatorVersion, o.kind.Kind, o.fields) {
		if m.Value != "" {
			l.refuse(o, file.Schema, m.Path, fmt.Sprintf("%q %s; this is %s", m.Value, m.Needs, l.OperatorVersion), "choose another value, or change the version of the operator")
			continue
		}
		problem := fmt.Sprintf("the field %s %s; this is %s", m.Path.Last().Name, m.Needs, l.OperatorVersion)
		l.refuse(o, file.UnknownField, m.Path, problem, "remove it, or change the version of the operator").onKey()
	}
}

// reportViolations reports what the API server refuses.
func (l *linter) reportViolations(ctx context.Context, o *object, s *schema.Schema, violations []schema.Violation) {
	values := o.unquotedValues(ctx, s, violations)
	for i, violation := range violations {
		problem, fix := violation.Field+": "+violation.Message, ""
		value, isUnquoted := values[i]
		if isUnquoted {
			fix = "put it in quotes: " + value.quoted()
		}
		found := l.refuse(o, file.Schema, violation.Path, problem, fix)
		if violation.IsKey {
			found.onKey()
		}
		if isUnquoted {
			o.fixBy(found, value.span, value.text, value.quoted())
		}
	}
}

// parentName returns the name of what a field is in: the kind, or the field above.
func parentName(path fieldpath.Path, o *object) string {
	if parent := path.Parent(); !parent.IsZero() {
		return parent.String()
	}
	return o.kind.Kind
}

// refuse adds a finding on what the API server, or Prometheus' loader, refuses before the checks run.
func (l *linter) refuse(o *object, check string, path fieldpath.Path, problem, fix string) *located {
	found := l.add(o, check, path, problem, fix)
	o.refused = o.refused || found != nil
	return found
}

// refuseField adds a finding on a field that does not exist, at its name.
func (l *linter) refuseField(o *object, unknown schema.UnknownField, problem string) *located {
	found := l.refuse(o, file.UnknownField, unknown.Path, problem, unknown.Fix())
	found.onKey()
	return found
}

// keySpan returns the place of the name of a field.
func (o *object) keySpan(path fieldpath.Path) source.Span {
	span, _ := o.document.Key(o.inDocument(path))
	return o.inFile(span)
}

// checkKeys finds keys that YAML gives another meaning, in the part of the document that is the
// object.
func (l *linter) checkKeys(o *object) {
	for _, repeated := range o.document.repeatedKeys {
		if repeated.Map.Within(o.root) {
			l.add(o, file.RepeatedKey, o.below(repeated.Map), fmt.Sprintf("the key %q is there twice, first in line %d: %s", repeated.Name, o.line(repeated.First), o.afterRepeated()),
				"remove one of the two, or join them").at(o.inFile(repeated.Again))
		}
	}
	if o.rules {
		return // Prometheus' own loader reads the name as it is written
	}
	for _, overridden := range o.document.overriddenKeys {
		if overridden.Map.Within(o.root) {
			l.add(o, file.MergeOrder, o.below(overridden.Map), fmt.Sprintf("the merge key in line %d overrides the key %q: kubectl lets the later one win", o.line(overridden.Merge), overridden.Name),
				"put << in front of the other keys, or remove this one").at(o.inFile(overridden.Key))
		}
	}
	for _, odd := range o.document.oddKeys {
		if odd.Map.Within(o.root) {
			found := l.add(o, file.BooleanKey, o.below(odd.Map), fmt.Sprintf("YAML reads the name %s as another value, and it is stored as %q", odd.Written, odd.JSON),
				fmt.Sprintf("put it in quotes: %q", odd.Written))
			found.at(o.inFile(odd.Span))
			o.fixBy(found, odd.Span, odd.Written, strconv.Quote(odd.Written))
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
