package rule

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// namespaceEnforced finds what the operator overwrites in rules (v0.93.0, pkg/namespacelabeler, with
// prom-label-proxy v0.14.0, injectproxy/enforce.go).
func namespaceEnforced(f *ruleFile, s validation.Snapshot) []validation.Finding {
	if s.Judge == nil || f.object.Namespace == "" {
		return nil
	}
	e := enforcement{label: s.Judge.Object(f.object).EnforcedLabel, namespace: f.object.Namespace, by: part.Enforcer(s.Prometheus)}
	if e.label == "" {
		return nil
	}
	var found []validation.Finding
	for _, g := range f.groups {
		found = append(found, e.inLabels(g.at, g.Labels)...)
		for _, r := range g.rules {
			found = append(found, e.inLabels(r.at(), r.Labels)...)
			found = append(found, e.inExpression(r)...)
		}
	}
	return found
}

// An enforcement is what is enforced, and by which instance.
type enforcement struct {
	label, namespace, by string
}

// inLabels finds a label that is overwritten. A template may have the same value.
func (e enforcement) inLabels(at validation.Place, set map[string]string) []validation.Finding {
	value, has := set[e.label]
	if !has || value == e.namespace || strings.Contains(value, "{{") {
		return nil
	}
	return []validation.Finding{at.At("labels").AtKey(e.label).Finding(
		fmt.Sprintf("%s writes %q over it (enforcedNamespaceLabel)", e.by, e.namespace), "remove the label, or use another one", value)}
}

func (e enforcement) inExpression(r *groupRule) []validation.Finding {
	if r.expr == nil {
		return nil
	}
	if _, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr.String()); err != nil {
		return []validation.Finding{r.place("expr").Finding(
			e.by+" has enforcedNamespaceLabel, for which the operator reads the expression without feature flags: it cannot, and leaves out the whole object",
			"use no experimental function or syntax, or have the object excluded from enforcement", r.Expr.String())}
	}
	var found []validation.Finding
	replaced := map[string]bool{}
	parser.Inspect(r.expr, func(node parser.Node, _ []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		for _, m := range selector.LabelMatchers {
			if m.Name == e.label && !m.Matches(e.namespace) && !replaced[m.String()] {
				replaced[m.String()] = true
				f := r.place("expr").Finding(
					fmt.Sprintf("%s replaces the matcher %s by %s=%q (enforcedNamespaceLabel): the rule reads other series than it says", e.by, m, e.label, e.namespace),
					e.fix(m), validation.Key(m.String()))
				f.Excerpt = excerptOfValue(r, selector, m.Value)
				found = append(found, f)
			}
		}
		return nil
	})
	return found
}

func (e enforcement) fix(m *labels.Matcher) string {
	if m.Type == labels.MatchEqual && m.Value != "" {
		return fmt.Sprintf("move the object into namespace %s, or have it excluded from enforcement", m.Value)
	}
	return "remove the matcher, or have the object excluded from enforcement"
}
