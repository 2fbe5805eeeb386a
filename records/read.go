package records

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/selection"
)

// Of reads an object. Expressions that the parser does not accept with these options, and those beyond what
// internal/exprcost allows for an object, contribute nothing but the name that they are recorded under.
func Of(rule *monitoringv1.PrometheusRule, options parser.Options) *Object {
	o := &Object{Ref: selection.Ref{Kind: monitoringv1.PrometheusRuleKind, Namespace: rule.Namespace, Name: rule.Name}}
	beyond := exprcost.Budget{}.Beyond(costsOf(rule))
	read := newReader(options)
	uses := map[string]bool{}
	n := 0
	for i := range rule.Spec.Groups {
		g := &rule.Spec.Groups[i]
		for j := range g.Rules {
			r := &g.Rules[j]
			var expr parser.Expr
			if !beyond[n] {
				expr = read.expr(r.Expr.String())
			}
			n++
			if expr != nil {
				addMetrics(expr, uses)
			}
			if r.Record != "" {
				o.Records = append(o.Records, RecordOf(g, r, expr))
			}
		}
	}
	o.Uses = slices.Sorted(maps.Keys(uses))
	return o
}

// recordsOf reads an object without its expressions.
func recordsOf(rule *monitoringv1.PrometheusRule) *Object {
	o := &Object{Ref: selection.Ref{Kind: monitoringv1.PrometheusRuleKind, Namespace: rule.Namespace, Name: rule.Name}}
	for i := range rule.Spec.Groups {
		g := &rule.Spec.Groups[i]
		for j := range g.Rules {
			if g.Rules[j].Record != "" {
				o.Records = append(o.Records, RecordOf(g, &g.Rules[j], nil))
			}
		}
	}
	return o
}

func costsOf(rule *monitoringv1.PrometheusRule) []exprcost.Cost {
	var costs []exprcost.Cost
	for _, g := range rule.Spec.Groups {
		for i := range g.Rules {
			costs = append(costs, exprcost.Of(g.Rules[i].Expr.String()))
		}
	}
	return costs
}

// RecordOf returns what is known of a recording rule. expr is nil if its expression was not read.
func RecordOf(g *monitoringv1.RuleGroup, r *monitoringv1.Rule, expr parser.Expr) Record {
	record := Record{Name: r.Record, Labels: labelsOf(g, r), Group: g.Name}
	if expr != nil {
		text := r.Expr.String()
		record.Expr, record.Presence = exprKey(text, expr), presenceKey(text, expr)
	}
	return record
}

// labelsOf returns the labels that a recording rule gives its series. Those of the group are apart,
// because not every version of Prometheus has them.
func labelsOf(g *monitoringv1.RuleGroup, r *monitoringv1.Rule) string {
	if len(r.Labels)+len(g.Labels) == 0 {
		return ""
	}
	var b strings.Builder
	write := func(labels map[string]string, omitted map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(labels)) {
			if _, omit := omitted[name]; !omit {
				b.WriteString(name + "\x00" + labels[name] + "\x00")
			}
		}
	}
	write(r.Labels, nil)
	b.WriteByte('\x01')
	write(g.Labels, r.Labels)
	return b.String()
}

// A reader parses expressions. With the option for unquoted names the parser refuses some expressions that it
// accepts without, such as by (a:b).
type reader struct{ unquoted, quoted parser.Parser }

func newReader(o parser.Options) reader {
	quoted := o
	quoted.EnableUnquotedUTF8Names = false
	return reader{unquoted: parser.NewParser(o), quoted: parser.NewParser(quoted)}
}

func (r reader) expr(text string) parser.Expr {
	if text == "" {
		return nil
	}
	if expr, err := r.quoted.ParseExpr(text); err == nil {
		return expr
	}
	if expr, err := r.unquoted.ParseExpr(text); err == nil {
		return expr
	}
	return nil
}

// addMetrics adds the names that the selectors of an expression ask for.
func addMetrics(n parser.Node, names map[string]bool) {
	if s, ok := n.(*parser.VectorSelector); ok {
		if name := MetricOf(s); name != "" && !names[name] {
			names[strings.Clone(name)] = true // it may be a part of a long text
		}
	}
	for child := range parser.ChildrenIter(n) {
		addMetrics(child, names)
	}
}

// NamesIn returns the names that the spec of a PrometheusRule records, given as JSON. It reads no
// expression. Of a spec of the wrong shape it returns nothing.
func NamesIn(spec []byte) []string {
	var read struct {
		Groups []struct {
			Rules []struct {
				Record string `json:"record"`
			} `json:"rules"`
		} `json:"groups"`
	}
	if len(spec) == 0 || json.Unmarshal(spec, &read) != nil {
		return nil
	}
	var names []string
	seen := map[string]bool{"": true}
	for _, g := range read.Groups {
		for _, r := range g.Rules {
			if !seen[r.Record] {
				seen[r.Record] = true
				names = append(names, r.Record)
			}
		}
	}
	return names
}
