package rule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/validation"
)

var templateLabel = validation.Check[*groupRule]{
	ID: "template-label", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A template uses a label that the expression does not give",
		Text: `` + "`$labels`" + ` holds the labels of the expression's result. An aggregation keeps only the labels that ` + "`by`" + ` names, or drops those that
` + "`without`" + ` names; a function such as ` + "`rate`" + ` drops the name of the metric, and ` + "`histogram_quantile`" + ` the label ` + "`le`" + `.
A template with such a label shows an empty text, at the moment when somebody needs it.

Add the label to ` + "`by (...)`" + `, or remove it from the template. The labels that the rule itself sets
under ` + "`labels`" + ` are not in ` + "`$labels`" + ` either, nor is the name of the alert.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil || len(r.templates) == 0 || r.labels.result.None() != nil {
			return nil
		}
		var found []validation.Finding
		for _, t := range r.templates {
			said := map[string]bool{}
			for _, name := range t.usage.labels {
				problem, fix := lackedLabel(r, name)
				if problem == "" || said[name] {
					continue
				}
				said[name] = true
				f := t.place().Finding(problem, fix, validation.Key(t.name, name))
				// The name, but not as the beginning of a longer name.
				if at := regexp.MustCompile(`\.` + regexp.QuoteMeta(name) + `(?:\W|$)`).FindStringIndex(t.text); at != nil {
					f.Excerpt = t.place().Excerpt(t.text, at[0]+1, at[0]+1+len(name))
				}
				found = append(found, f)
			}
		}
		return found
	},
}

// lackedLabel says why $labels has no label of the name, or nothing if it may have one.
func lackedLabel(r *groupRule, name string) (problem, fix string) {
	v := r.labels.result.Label(name)
	switch {
	case name == model.MetricTypeLabel || name == model.MetricUnitLabel:
		return "", "" // what drops them depends on the version (findings/type-and-unit-labels.sh)
	case v.Impossible():
		problem = fmt.Sprintf("the expression's result has no label %q: the template will show nothing there", name)
		if by := taker(v); by != "" {
			problem = fmt.Sprintf("the expression's result has no label %q, since %s drops it: the template will show nothing there", name, by)
		}
		return problem, keeping(name, v.By)
	case name == model.AlertNameLabel && !readsAlerts(r.expr):
		return "the name of the alert is not among $labels, which are those of the expression's result: the template will show nothing there",
			"write the name: " + r.Alert
	}
	return "", ""
}

// keeping says how to keep a label that a node takes.
func keeping(name string, by parser.Node) string {
	switch n := by.(type) {
	case *parser.AggregateExpr:
		if !n.Without {
			return "add the label to by (...) in the expression, or remove it from the template"
		}
	case *parser.Call:
		if isAbsent(n) {
			return fmt.Sprintf("write absent() for each value, of a selector with %s=\"...\", and join them with or; or remove the label from the template", name)
		}
	}
	return "keep the label in the expression, or remove it from the template"
}

// readsAlerts reports whether the expression may read series that have the name of an alert, as those have that
// Prometheus writes itself: it names the label, or the series, or selects by a pattern.
func readsAlerts(expr parser.Expr) bool {
	return holdsNode(expr, func(n parser.Node) bool {
		switch n := n.(type) {
		case *parser.VectorSelector:
			return n.Name == "" || isAlerts(n) || strings.Contains(strings.ToLower(n.Name), "alert") ||
				slices.ContainsFunc(n.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == model.AlertNameLabel })
		case *parser.StringLiteral:
			return n.Val == model.AlertNameLabel
		case *parser.BinaryExpr:
			return n.VectorMatching != nil && slices.Contains(append(slices.Clone(n.VectorMatching.Include), n.VectorMatching.MatchingLabels...), model.AlertNameLabel)
		case *parser.AggregateExpr:
			return slices.Contains(n.Grouping, model.AlertNameLabel)
		}
		return false
	})
}

// usedLabels returns the labels that templates read as $labels.NAME or .Labels.NAME, without
// those that a template tests with {{ if }} or {{ with }}: their author knows that they may
// be missing.
func usedLabels(trees []*parse.Tree) []string {
	var names []string
	guarded := map[string]bool{}
	templatetree.Walk(trees, func(n templatetree.Node) {
		if read := n.Reads(); len(read) >= 2 && read[0] == "Labels" {
			names = append(names, read[1])
		}
		var pipe *parse.PipeNode
		switch p := n.Node.(type) {
		case *parse.IfNode:
			pipe = p.Pipe
		case *parse.WithNode:
			pipe = p.Pipe
		default:
			return
		}
		if len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
			return
		}
		if read := (templatetree.Node{Node: pipe.Cmds[0].Args[0], Scope: n.Scope}).Reads(); len(read) == 2 && read[0] == "Labels" {
			guarded[read[1]] = true
		}
	})
	return slices.DeleteFunc(names, func(name string) bool { return guarded[name] })
}
