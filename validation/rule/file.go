package rule

import (
	"context"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// maxExprLength is the longest expression that is parsed, in bytes. The time that the parser
// needs grows with the square of the nesting (10,000 operators in one expression need 0.3 s),
// and it cannot be interrupted; the longest expressions of well-known rule sets have 6 KiB. For
// a longer expression promgate reports that it could not check the object.
const maxExprLength = 16 << 10

// ruleFile is one PrometheusRule, which is one rule file to Prometheus, with
// the results that its checks share.
type ruleFile struct {
	object *monitoringv1.PrometheusRule
	size   int // in bytes of YAML, if that is more than the operator accepts; else 0
	groups []*ruleGroup
	rules  []*groupRule // of all groups, in order
}

// ruleGroup is one rule group in its place.
type ruleGroup struct {
	*monitoringv1.RuleGroup

	index int
	at    validation.Place
	rules []*groupRule
}

// groupRule is one rule in its place.
type groupRule struct {
	*monitoringv1.Rule

	group     *ruleGroup
	index     int
	at        validation.Place
	expr      parser.Expr     // nil if it does not parse
	exprError error           // what the parser says; nil for an empty expression
	templates []templatedText // of an alert: labels and annotations that hold a template
}

// newFile makes a file of an object. It parses each expression and template once,
// and those of an object with a mistake twice: the option for names without quotes also takes
// something away, for instance by (a:b), which an engine without the option still reads. An
// expression that is valid with or without the option is valid.
//
// The expressions of a file that is too large are not parsed: the operator accepts none of
// them.
func newFile(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*ruleFile, error) {
	if size := fileSize(object.Spec); size > maxRuleFile {
		return &ruleFile{object: object, size: size}, nil
	}
	f, err := parseFile(ctx, object, s)
	if err != nil || f.parses() || !s.PromQL.EnableUnquotedUTF8Names {
		return f, err
	}
	s.PromQL.EnableUnquotedUTF8Names = false
	quoted, err := parseFile(ctx, object, s)
	if err != nil || quoted.parses() {
		return quoted, err
	}
	return f, nil
}

// parses reports whether every expression could be read.
func (f *ruleFile) parses() bool {
	return !slices.ContainsFunc(f.rules, func(r *groupRule) bool { return r.exprError != nil })
}

func parseFile(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*ruleFile, error) {
	p := parser.NewParser(s.PromQL)
	f := &ruleFile{object: object}
	for i := range object.Spec.Groups {
		g := newGroup(&object.Spec.Groups[i], i)
		f.groups = append(f.groups, g)
		for j := range g.Rules {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("parsing group %q: %w", g.Name, err)
			}
			r := newRule(g, j)
			g.rules = append(g.rules, r)
			if err := r.parse(p); err != nil {
				return nil, err
			}
		}
		f.rules = append(f.rules, g.rules...)
	}
	return f, nil
}

func (r *groupRule) parse(p parser.Parser) error {
	expr := r.Expr.String()
	if len(expr) > maxExprLength {
		return fmt.Errorf("parsing %s: the expression has %d bytes, more than the %d that can be parsed in bounded time",
			r.place("expr").Path, len(expr), maxExprLength)
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
	r.templates, err = parseTemplates(r)
	return err
}

func newGroup(g *monitoringv1.RuleGroup, index int) *ruleGroup {
	return &ruleGroup{RuleGroup: g, index: index, at: validation.Place{
		Path:    groupsPath.Index(index),
		Subject: validation.Subject{fmt.Sprintf("group %q", g.Name)},
		Key:     validation.Key(g.Name, ""),
	}}
}

var groupsPath = fieldpath.New("spec", "groups")

func newRule(g *ruleGroup, index int) *groupRule {
	r := &groupRule{Rule: &g.Rules[index], group: g, index: index, at: g.place("rules").Index(index)}
	switch {
	case r.Alert != "":
		r.at.Subject = append(slices.Clip(g.at.Subject), fmt.Sprintf("alert %q", r.Alert))
	case r.Record != "":
		r.at.Subject = append(slices.Clip(g.at.Subject), fmt.Sprintf("record %q", r.Record))
	}
	r.at.Key = validation.Key(g.Name, r.name())
	return r
}

// place returns the place of a field of the group, by the names that lead to it, or that of
// the group itself.
func (g *ruleGroup) place(names ...string) validation.Place { return g.at.At(names...) }

// place returns the place of a field of the rule, by the names that lead to it, or that of
// the rule itself.
func (r *groupRule) place(names ...string) validation.Place { return r.at.At(names...) }

// name returns the name of the alert or of the record, as rulefmt does.
func (r *groupRule) name() string {
	if r.Alert != "" {
		return r.Alert
	}
	return r.Record
}

// excerpt returns the place of a node in the rule's expression.
func (r *groupRule) excerpt(n parser.Node) *validation.Excerpt {
	at := n.PositionRange()
	return r.place("expr").Excerpt(r.Expr.String(), int(at.Start), int(at.End))
}

// groupsOf walks to the groups of a file.
func groupsOf(f *ruleFile) []*ruleGroup { return f.groups }

// rulesOf walks to the rules of a file.
func rulesOf(f *ruleFile) []*groupRule { return f.rules }

// durationsOf walks to every duration of a file.
func durationsOf(f *ruleFile) []validation.Text {
	var set []validation.Text
	add := func(at validation.Place, value *monitoringv1.Duration) {
		if value != nil {
			set = append(set, validation.Text{Place: at, Value: string(*value), Empty: *value == ""})
		}
	}
	for _, g := range f.groups {
		add(g.place("interval"), g.Interval)
		add(g.place("query_offset"), g.QueryOffset)
		for _, r := range g.rules {
			add(r.place("for"), r.For)
			add(r.place("keep_firing_for"), (*monitoringv1.Duration)(r.KeepFiringFor))
		}
	}
	return set
}
