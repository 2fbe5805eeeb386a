package rule

import (
	"context"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// limits are how much of a file is parsed, in bytes. Prometheus' parsers heed no deadline,
// so that what they take is bounded by the length of the text: beyond it promgate says that
// it could not check. They are a parameter so that tests reach them with short texts.
type limits struct{ file, expr, template int }

const (
	// maxExprLength is more than twice as long as the longest expressions of well-known rule
	// sets, which have 6 KiB.
	maxExprLength = 16 << 10

	// maxTemplateLength is for one label or annotation.
	maxTemplateLength = 64 << 10
)

var defaultLimits = limits{file: maxRuleFile, expr: maxExprLength, template: maxTemplateLength}

// file is one PrometheusRule, which is one rule file to Prometheus, with what its
// checks share worked out once.
type file struct {
	object *monitoringv1.PrometheusRule
	size   int // in bytes of YAML, where it is more than the operator takes; else 0
	groups []*group
	rules  []*rule // of all groups, in order
}

// group is one rule group in its place.
type group struct {
	*monitoringv1.RuleGroup

	index int
	rules []*rule
}

// rule is one rule in its place.
type rule struct {
	*monitoringv1.Rule

	group     *group
	index     int
	expr      parser.Expr     // nil if it does not parse
	exprError error           // what the parser says; nil for an empty expression
	templates []templatedText // of an alert: labels and annotations that hold a template
}

// newFile makes a file of an object. It parses each expression and template once,
// and those of a bad object twice: the option for names without quotes also takes
// something away, by (a:b) for one, which an engine that has it switched off still
// reads. What is good with or without it is good.
//
// The expressions of a file that is too large are not parsed: the operator takes
// none of them.
func (l limits) newFile(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*file, error) {
	if size := fileSize(object.Spec, l.file); size > l.file {
		return &file{object: object, size: size}, nil
	}
	f, err := l.parseFile(ctx, object, s)
	if err != nil || f.parses() || !s.PromQL.EnableUnquotedUTF8Names {
		return f, err
	}
	s.PromQL.EnableUnquotedUTF8Names = false
	quoted, err := l.parseFile(ctx, object, s)
	if err != nil || quoted.parses() {
		return quoted, err
	}
	return f, nil
}

// parses reports whether every expression could be read.
func (f *file) parses() bool {
	return !slices.ContainsFunc(f.rules, func(r *rule) bool { return r.exprError != nil })
}

func (l limits) parseFile(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*file, error) {
	p := parser.NewParser(s.PromQL)
	f := &file{object: object}
	for i := range object.Spec.Groups {
		g := &group{RuleGroup: &object.Spec.Groups[i], index: i}
		f.groups = append(f.groups, g)
		for j := range g.Rules {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("parsing group %q: %w", g.Name, err)
			}
			r := &rule{Rule: &g.Rules[j], group: g, index: j}
			g.rules = append(g.rules, r)
			if err := r.parse(p, l); err != nil {
				return nil, err
			}
		}
		f.rules = append(f.rules, g.rules...)
	}
	return f, nil
}

func (r *rule) parse(p parser.Parser, l limits) error {
	expr := r.Expr.String()
	if len(expr) > l.expr {
		return fmt.Errorf("parsing %s: the expression has %d bytes, more than the %d that can be parsed in bounded time",
			r.path("expr"), len(expr), l.expr)
	}
	if expr != "" {
		r.expr, r.exprError = p.ParseExpr(expr)
		if r.exprError != nil {
			r.expr = nil
		}
	}
	if r.Alert == "" {
		return nil
	}
	var err error
	r.templates, err = parseTemplates(r, l.template)
	return err
}

// path of a field of the group.
func (g *group) path(name string) *field.Path {
	p := field.NewPath("spec", "groups").Index(g.index)
	if name == "" {
		return p
	}
	return p.Child(name)
}

// subject is what the user calls the group.
func (g *group) subject() string {
	return fmt.Sprintf("group %q", g.Name)
}

// finding on a field of the group. The value is the offending one.
func (g *group) finding(path *field.Path, value, problem, fix string) validation.Finding {
	return validation.Finding{
		Path:    path.String(),
		Subject: g.subject(),
		Problem: problem,
		Fix:     fix,
		Key:     validation.Key(g.Name, value),
	}
}

// path of a field of the rule.
func (r *rule) path(name string) *field.Path {
	p := r.group.path("rules").Index(r.index)
	if name == "" {
		return p
	}
	return p.Child(name)
}

// name is the alert's or the record's, as rulefmt has it.
func (r *rule) name() string {
	if r.Alert != "" {
		return r.Alert
	}
	return r.Record
}

// subject is what the user calls the rule.
func (r *rule) subject() string {
	switch {
	case r.Alert != "":
		return fmt.Sprintf("group %q, alert %q", r.group.Name, r.Alert)
	case r.Record != "":
		return fmt.Sprintf("group %q, record %q", r.group.Name, r.Record)
	}
	return r.group.subject()
}

// finding on a field of the rule. The value is the offending one.
func (r *rule) finding(path *field.Path, value, problem, fix string) validation.Finding {
	return validation.Finding{
		Path:    path.String(),
		Subject: r.subject(),
		Problem: problem,
		Fix:     fix,
		Key:     validation.Key(r.group.Name, r.name(), value),
	}
}

// excerpt shows a part of the rule's expression.
func (r *rule) excerpt(n parser.Node) *validation.Excerpt {
	at := n.PositionRange()
	return &validation.Excerpt{Text: r.Expr.String(), Start: int(at.Start), End: int(at.End)}
}

// groups walks to the groups of a file.
func groups(f *file) []*group { return f.groups }

// rules walks to the rules of a file.
func rules(f *file) []*rule { return f.rules }

// durations walks to every duration of a file.
func durations(f *file) []part.DurationField {
	var all []part.DurationField
	add := func(path *field.Path, subject, key string, value *monitoringv1.Duration) {
		if value != nil {
			all = append(all, part.DurationField{Path: path, Subject: subject, Key: key, Value: string(*value)})
		}
	}
	for _, g := range f.groups {
		add(g.path("interval"), g.subject(), validation.Key(g.Name, ""), g.Interval)
		add(g.path("query_offset"), g.subject(), validation.Key(g.Name, ""), g.QueryOffset)
		for _, r := range g.rules {
			key := validation.Key(g.Name, r.name())
			add(r.path("for"), r.subject(), key, r.For)
			add(r.path("keep_firing_for"), r.subject(), key, (*monitoringv1.Duration)(r.KeepFiringFor))
		}
	}
	return all
}
