package alertpath

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promql/resultlabels"
)

// A Rule is an alerting rule, as Prometheus loads it.
type Rule struct {
	Alert, Expr string

	// Labels are those of the rule, and GroupLabels those of its group.
	Labels, GroupLabels map[string]string
}

// OfRule returns what is known of the labels of the rule's alerts (AlertingRule.Eval, rules/alerting.go): those of the series but the name
// of the metric, then those of the group and of the rule, then the name of the alert.
func OfRule(r Rule, dialect parser.Options, o resultlabels.Options) (Labels, error) {
	expr, err := parser.NewParser(dialect).ParseExpr(r.Expr)
	if err != nil {
		return Labels{}, fmt.Errorf("reading the expression: %w", err)
	}
	series := resultlabels.Of(expr, o, nil)
	l := Labels{values: map[string][]string{}, rest: !series.Others().Impossible()}
	for name, value := range series.Named() {
		if name != model.MetricNameLabel {
			l.values[name] = valuesOf(value)
		}
	}
	l.values[model.MetricNameLabel] = []string{""}
	of := maps.Clone(r.GroupLabels)
	if of == nil {
		of = map[string]string{}
	}
	maps.Copy(of, r.Labels)
	for name, text := range of {
		l.values[name] = []string{text}
		if isTemplate(text) {
			l.values[name] = nil
		}
	}
	l.values[model.AlertNameLabel] = []string{r.Alert}
	return l.trimmed(), nil
}

// valuesOf returns the values of a label, or nil if it may have any.
func valuesOf(v resultlabels.Value) []string {
	if !v.Known {
		return nil
	}
	values := slices.Clone(v.Values)
	if v.MayLack || len(values) == 0 {
		values = append(values, "")
	}
	return values
}

// isTemplate reports whether Prometheus may make another text of a label's value.
func isTemplate(text string) bool { return strings.Contains(text, "{{") }

// trimmed returns the labels without names that say no more than the rest: those that no alert has.
func (l Labels) trimmed() Labels {
	if l.rest {
		return l
	}
	l.values = maps.Clone(l.values)
	maps.DeleteFunc(l.values, func(_ string, values []string) bool { return len(values) == 1 && values[0] == "" })
	return l
}
