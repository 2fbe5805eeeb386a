package rule

import (
	"context"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// ruleFile is one PrometheusRule, which becomes one rule file of Prometheus, with all that
// several checks need.
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
	cost      exprcost.Cost   // of the expression
	tooCostly bool            // the expression is not parsed: it would take too long
	expr      parser.Expr     // nil if it does not parse
	uses      []dialect.Use   // what not every release accepts of it
	labels    *labelAnalysis  // what is known of the labels in it
	exprError error           // what the parser says; nil for an empty expression
	templates []templatedText // of an alert: labels and annotations that hold a template
}

// newFile makes a file of an object. It parses each expression and template once, and
// those of an invalid object twice: with the option for unquoted names the parser refuses
// some expressions, such as by (a:b), that it accepts without. An expression is valid if
// either of the two accepts it.
//
// The expressions of a file that is too large are not parsed: the operator loads none
// of them.
func newFile(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*ruleFile, error) {
	if size := fileSize(object.Spec); size > maxRuleFile && s.Language != selection.MetricsQL {
		return &ruleFile{object: object, size: size}, nil
	}
	budget := exprcost.Budget{Time: s.ParseTime}
	if s.Language == selection.MetricsQL {
		return newMetricsQLFile(ctx, object, budget)
	}
	f := readFile(object, budget)
	if err := f.parse(ctx, s); err != nil || f.parses() || !s.PromQL.EnableUnquotedUTF8Names {
		return f, err
	}
	s.PromQL.EnableUnquotedUTF8Names = false
	quoted := readFile(object, budget)
	if err := quoted.parse(ctx, s); err != nil || quoted.parses() {
		return quoted, err
	}
	return f, nil
}

// readFile lists the groups and rules of an object, and marks the expressions that are
// beyond the budget.
func readFile(object *monitoringv1.PrometheusRule, budget exprcost.Budget) *ruleFile {
	f := &ruleFile{object: object}
	for i := range object.Spec.Groups {
		g := newGroup(&object.Spec.Groups[i], i)
		f.groups = append(f.groups, g)
		rules := make([]groupRule, len(g.Rules))
		for j := range rules {
			r := &rules[j]
			r.Rule, r.group, r.index, r.cost = &g.Rules[j], g, j, exprcost.Of(g.Rules[j].Expr.String())
			g.rules = append(g.rules, r)
		}
		f.rules = append(f.rules, g.rules...)
	}
	costs := make([]exprcost.Cost, len(f.rules))
	for i, r := range f.rules {
		costs[i] = r.cost
	}
	for i := range budget.Beyond(costs) {
		f.rules[i].tooCostly = true
	}
	return f
}

// parse parses the expressions and templates of all rules.
func (f *ruleFile) parse(ctx context.Context, s validation.Snapshot) error {
	p := newExprParser(s)
	for _, r := range f.rules {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("parsing group %q: %w", r.group.Name, err)
		}
		r.parse(p)
	}
	return nil
}

// parses reports whether every expression that was parsed is valid.
func (f *ruleFile) parses() bool {
	return !slices.ContainsFunc(f.rules, func(r *groupRule) bool { return r.exprError != nil })
}

func (r *groupRule) parse(p exprParser) {
	if expr := r.Expr.String(); expr != "" && !r.tooCostly {
		parsed := p.parse(expr)
		r.expr, r.uses, r.labels, r.exprError = parsed.expr, parsed.uses, parsed.labels, parsed.err
	}
	if r.Alert != "" {
		r.templates = parseTemplates(r, templatetree.MaxNesting, p.memo)
	}
}

func newGroup(g *monitoringv1.RuleGroup, index int) *ruleGroup {
	return &ruleGroup{RuleGroup: g, index: index, at: validation.Place{
		Path:    groupsPath.Index(index),
		Subject: validation.Subject{fmt.Sprintf("group %q", g.Name)},
		Key:     validation.Key(g.Name, ""),
	}}
}

var groupsPath = fieldpath.New("spec", "groups")

// at returns the place of the rule. It is made when a finding needs it: hardly any rule has one.
func (r *groupRule) at() validation.Place {
	at := r.group.place("rules").Index(r.index)
	switch {
	case r.Alert != "":
		at.Subject = append(slices.Clip(at.Subject), fmt.Sprintf("alert %q", r.Alert))
	case r.Record != "":
		at.Subject = append(slices.Clip(at.Subject), fmt.Sprintf("record %q", r.Record))
	}
	at.Key = validation.Key(r.group.Name, r.name())
	return at
}

// place returns the place of a field of the group, by the names that lead to it, or that of
// the group itself.
func (g *ruleGroup) place(names ...string) validation.Place { return g.at.At(names...) }

// place returns the place of a field of the rule, by the names that lead to it, or that of
// the rule itself.
func (r *groupRule) place(names ...string) validation.Place { return r.at().At(names...) }

// A placed part has a place, which costs more than most checks and is made for a finding only.
type placed interface {
	place(names ...string) validation.Place
}

// name returns the name of the alert or the record, as rulefmt does.
func (r *groupRule) name() string {
	if r.Alert != "" {
		return r.Alert
	}
	return r.Record
}

// excerpt returns an excerpt that marks a node of the rule's expression.
func (r *groupRule) excerpt(n parser.Node) *validation.Excerpt {
	at := n.PositionRange()
	return r.place("expr").Excerpt(r.Expr.String(), int(at.Start), int(at.End))
}

// groupsOf returns the groups of a file.
func groupsOf(f *ruleFile) []*ruleGroup { return f.groups }

// rulesOf returns the rules of a file.
func rulesOf(f *ruleFile) []*groupRule { return f.rules }

// namesOf returns the names of labels or annotations, sorted.
func namesOf(texts map[string]string) []string {
	names := make([]string, 0, len(texts))
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// durationsOf returns the durations of a file that cannot be read: the place of each costs more than reading it.
func durationsOf(f *ruleFile) []validation.Text {
	var set []validation.Text
	add := func(at placed, name string, value *monitoringv1.Duration) {
		if value == nil {
			return
		}
		if _, ok := part.ParseDuration(string(*value)); !ok {
			set = append(set, validation.Text{Place: at.place(name), Value: string(*value), Empty: *value == ""})
		}
	}
	for _, g := range f.groups {
		add(g, "interval", g.Interval)
		add(g, "query_offset", g.QueryOffset)
		for _, r := range g.rules {
			add(r, "for", r.For)
			add(r, "keep_firing_for", (*monitoringv1.Duration)(r.KeepFiringFor))
		}
	}
	return set
}
