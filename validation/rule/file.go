package rule

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// file is one PrometheusRule, which becomes one rule file of Prometheus, with all that
// several checks need.
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
	cost      exprcost.Cost   // of the expression
	tooCostly bool            // the expression is not parsed: it would take too long
	expr      parser.Expr     // nil if it does not parse
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
func newFile(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*file, error) {
	if size := fileSize(object.Spec); size > maxRuleFile {
		return &file{object: object, size: size}, nil
	}
	f := readFile(object)
	f.ration(cmp.Or(s.ParseTime, validation.DefaultParseTime))
	if err := f.parse(ctx, s.PromQL); err != nil || f.parses() || !s.PromQL.EnableUnquotedUTF8Names {
		return f, err
	}
	quoted := readFile(object)
	copyCosts(quoted, f)
	s.PromQL.EnableUnquotedUTF8Names = false
	if err := quoted.parse(ctx, s.PromQL); err != nil || quoted.parses() {
		return quoted, err
	}
	return f, nil
}

// readFile lists the groups and rules of an object.
func readFile(object *monitoringv1.PrometheusRule) *file {
	f := &file{object: object}
	for i := range object.Spec.Groups {
		g := &group{RuleGroup: &object.Spec.Groups[i], index: i}
		f.groups = append(f.groups, g)
		for j := range g.Rules {
			g.rules = append(g.rules, &rule{Rule: &g.Rules[j], group: g, index: j})
		}
		f.rules = append(f.rules, g.rules...)
	}
	return f
}

// ration marks the expressions that do not fit into the budget. The cheapest are given
// time first, so that the marked ones are the reason why all together take too long.
func (f *file) ration(budget time.Duration) {
	var total time.Duration
	for _, r := range f.rules {
		r.cost = exprcost.Of(r.Expr.String())
		total += r.cost.Time()
		r.tooCostly = r.cost.Depth > maxExprDepth
	}
	if total <= budget {
		return
	}
	cheapest := slices.Clone(f.rules)
	slices.SortStableFunc(cheapest, func(a, b *rule) int { return cmp.Compare(a.cost.Steps, b.cost.Steps) })
	for _, r := range cheapest {
		budget -= r.cost.Time()
		r.tooCostly = r.tooCostly || budget < 0
	}
}

// maxExprDepth bounds the stack of the parser, which recurses: a level takes up to four
// kilobytes.
const maxExprDepth = 20_000

// copyCosts copies the costs from another file of the same object.
func copyCosts(to, from *file) {
	for i, r := range from.rules {
		to.rules[i].cost, to.rules[i].tooCostly = r.cost, r.tooCostly
	}
}

// parse parses the expressions and templates of all rules.
func (f *file) parse(ctx context.Context, options parser.Options) error {
	p := parser.NewParser(options)
	for _, r := range f.rules {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("parsing group %q: %w", r.group.Name, err)
		}
		r.parse(p)
	}
	return nil
}

// parses reports whether every expression that was parsed is valid.
func (f *file) parses() bool {
	return !slices.ContainsFunc(f.rules, func(r *rule) bool { return r.exprError != nil })
}

func (r *rule) parse(p parser.Parser) {
	if expr := r.Expr.String(); expr != "" && !r.tooCostly {
		r.expr, r.exprError = p.ParseExpr(expr)
		if r.exprError != nil {
			r.expr = nil
		}
	}
	if r.Alert != "" {
		r.templates = parseTemplates(r, maxTemplateNesting)
	}
}

// path returns the path of a field of the group.
func (g *group) path(name string) *field.Path {
	p := field.NewPath("spec", "groups").Index(g.index)
	if name == "" {
		return p
	}
	return p.Child(name)
}

// subject returns what the user calls the group.
func (g *group) subject() string {
	return fmt.Sprintf("group %q", g.Name)
}

// finding returns a finding on a field of the group. The value is the invalid one.
func (g *group) finding(path *field.Path, value, problem, fix string) validation.Finding {
	return validation.Finding{
		Path:    path.String(),
		Subject: g.subject(),
		Problem: problem,
		Fix:     fix,
		Key:     validation.Key(g.Name, value),
	}
}

// path returns the path of a field of the rule.
func (r *rule) path(name string) *field.Path {
	p := r.group.path("rules").Index(r.index)
	if name == "" {
		return p
	}
	return p.Child(name)
}

// name returns the name of the alert or the record, as rulefmt does.
func (r *rule) name() string {
	if r.Alert != "" {
		return r.Alert
	}
	return r.Record
}

// subject returns what the user calls the rule.
func (r *rule) subject() string {
	switch {
	case r.Alert != "":
		return fmt.Sprintf("group %q, alert %q", r.group.Name, r.Alert)
	case r.Record != "":
		return fmt.Sprintf("group %q, record %q", r.group.Name, r.Record)
	}
	return r.group.subject()
}

// finding returns a finding on a field of the rule. The value is the invalid one.
func (r *rule) finding(path *field.Path, value, problem, fix string) validation.Finding {
	return validation.Finding{
		Path:    path.String(),
		Subject: r.subject(),
		Problem: problem,
		Fix:     fix,
		Key:     validation.Key(r.group.Name, r.name(), value),
	}
}

// excerpt returns an excerpt that marks a node of the rule's expression.
func (r *rule) excerpt(n parser.Node) *validation.Excerpt {
	at := n.PositionRange()
	return &validation.Excerpt{Text: r.Expr.String(), Start: int(at.Start), End: int(at.End)}
}

// groups returns the groups of a file.
func groups(f *file) []*group { return f.groups }

// rules returns the rules of a file.
func rules(f *file) []*rule { return f.rules }

// durations returns every duration of a file.
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
