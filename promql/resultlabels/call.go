package resultlabels

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// keepingName are the functions whose result has all labels of the argument, its name included.
var keepingName = []string{"last_over_time", "first_over_time", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"}

// droppingName are the functions whose result has all labels of the argument but its name. The time
// functions have no labels if they have no argument.
var droppingName = strings.Fields(`
	abs acos acosh asin asinh atan atanh ceil clamp clamp_max clamp_min cos cosh deg exp floor ln log10 log2 rad round sgn sin sinh
	sqrt tan tanh timestamp start_timestamp
	avg_over_time changes count_over_time delta deriv double_exponential_smoothing holt_winters idelta increase integral irate
	mad_over_time max_over_time min_over_time predict_linear present_over_time quantile_over_time rate resets stddev_over_time
	stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time
	histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum
	day_of_month day_of_week day_of_year days_in_month hour minute month year`)

// call returns the labels of a function's result, and nothing of a function that is not in
// Prometheus 3.16.
func (a *analyser) call(n *parser.Call) Set {
	argument, of := a.arguments(n)
	name := n.Func.Name
	switch {
	case n.Func.ReturnType == parser.ValueTypeScalar, name == "vector":
		return noLabels(n)
	case name == "absent", name == "absent_over_time":
		return ofAbsent(n)
	case argument == nil && slices.Contains(droppingName, name):
		return noLabels(n)
	case argument == nil:
		return unknown()
	case slices.Contains(keepingName, name):
		return of
	case slices.Contains(droppingName, name):
		return a.dropName(of, n)
	case name == "histogram_quantile", name == "histogram_fraction":
		return a.dropName(of, n).with(lacking(n), model.BucketLabel)
	case name == "histogram_quantiles":
		return a.quantiles(n, of)
	case name == "label_replace":
		return ofReplace(n, of)
	case name == "label_join":
		return ofJoin(n, of)
	case name == "info":
		return ofInfo(of)
	}
	return unknown()
}

// arguments looks at all arguments, and returns the one that is a vector, and its labels. The second
// argument of info is no vector, but a list of matchers.
func (a *analyser) arguments(n *parser.Call) (vector parser.Expr, of Set) {
	for i, arg := range n.Args {
		if n.Func.Name == "info" && i > 0 {
			continue
		}
		s := a.expr(arg)
		if t := arg.Type(); vector == nil && (t == parser.ValueTypeVector || t == parser.ValueTypeMatrix) {
			vector, of = arg, s
		}
	}
	return vector, of
}

// ofAbsent returns the labels that the matchers of a selector spell out. A label with several matchers is
// left out, as createLabelsForAbsentFunction does it. Parentheses do not matter: the engine has taken them off.
func ofAbsent(n *parser.Call) Set {
	result := noLabels(n)
	var selector *parser.VectorSelector
	switch arg := unwrapped(n.Args[0]).(type) {
	case *parser.VectorSelector:
		selector = arg
	case *parser.MatrixSelector:
		selector, _ = arg.VectorSelector.(*parser.VectorSelector)
	}
	if selector == nil {
		return result
	}
	seen := map[string]bool{}
	for _, m := range selector.LabelMatchers {
		switch {
		case slices.Contains(metadataLabels, m.Name):
		case m.Type == labels.MatchEqual && !seen[m.Name]:
			seen[m.Name] = true
			result = result.with(oneOf([]string{m.Value}, n), m.Name)
		default:
			result = result.with(lacking(n), m.Name)
		}
	}
	return result
}

func (a *analyser) quantiles(n *parser.Call, of Set) Set {
	name, ok := text(n.Args, 1)
	if !ok {
		return unknown()
	}
	result := a.dropName(of, n).with(lacking(n), model.BucketLabel)
	var values []string
	for _, arg := range n.Args[2:] {
		number, ok := arg.(*parser.NumberLiteral)
		if !ok {
			return result.with(given(n), name)
		}
		values = append(values, labels.FormatOpenMetricsFloat(number.Val))
	}
	return result.with(oneOf(values, n), name)
}

// ofInfo keeps what every series has, and lets the info metrics add any label.
func ofInfo(of Set) Set {
	result := unknown()
	result.none = of.none
	for name, value := range of.Named() {
		if value.Guaranteed() {
			result = result.with(value, name)
		}
	}
	return result
}

// text returns an argument that is a string.
func text(args parser.Expressions, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	s, ok := unwrapped(args[i]).(*parser.StringLiteral)
	if !ok {
		return "", false
	}
	return s.Val, true
}

// unwrapped returns an expression without parentheses.
func unwrapped(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}
