package records

import (
	"hash/fnv"
	"io"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/promql/resultlabels"
)

// MetricOf returns the name that a selector asks for, or "" if it asks for no name or for several.
func MetricOf(s *parser.VectorSelector) string {
	for _, m := range s.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return ""
}

// NeedsTwoSamples reports whether a function of a range gives nothing for a series with one sample in the
// range.
func NeedsTwoSamples(function string) bool {
	return slices.Contains([]string{"rate", "increase", "irate", "delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing", "holt_winters"}, function)
}

// maxPrinted limits the work of printing an expression, which copies the text once for each level: the
// length of the text times its depth.
const maxPrinted = 8 << 20

// exprKey returns a number that is equal for equal expressions, and 0 if that costs too much.
func exprKey(text string, expr parser.Expr) uint64 {
	if isCostly(text) {
		return 0
	}
	return sumOf(expr.String())
}

func isCostly(text string) bool { return len(text)*(exprcost.Of(text).Depth+1) > maxPrinted }

// sumOf returns a hash of texts, which is never 0.
func sumOf(texts ...string) uint64 {
	h := fnv.New64a()
	for _, t := range texts {
		_, _ = io.WriteString(h, t)
		_, _ = h.Write([]byte{0})
	}
	return max(h.Sum64(), 1)
}

// presenceKey returns a number that is equal for expressions which have a result at the same times, and
// whose result is one series without labels. It is 0 for all others.
func presenceKey(text string, expr parser.Expr) uint64 {
	if isCostly(text) {
		return 0
	}
	p := presence{known: true}
	if result := resultlabels.Of(expr, resultlabels.Options{}, p.visit); !p.known || !isBare(result) {
		return 0
	}
	slices.Sort(p.parts)
	return sumOf(slices.Compact(p.parts)...)
}

// isBare reports whether a result has no labels but the name that a rule gives it.
func isBare(s resultlabels.Set) bool {
	if s.None() != nil || !s.Others().Impossible() {
		return false
	}
	for name, value := range s.Named() {
		if name != model.MetricNameLabel && !value.Impossible() {
			return false
		}
	}
	return true
}

// presence collects what decides whether an expression has a result. It is not known if a node drops series
// by their values, or by what else there is.
type presence struct {
	known bool
	parts []string
}

func (p *presence) visit(step resultlabels.Step) {
	switch n := step.Node.(type) {
	case *parser.VectorSelector:
		p.parts = append(p.parts, n.String())
	case *parser.Call:
		switch n.Func.Name {
		case "absent", "absent_over_time", "scalar": // they have a result where the argument has none
			p.known = false
		case "vector":
		default:
			p.parts = append(p.parts, n.Func.Name+"()")
		}
	case *parser.SubqueryExpr:
		p.known = false
	case *parser.AggregateExpr:
		if slices.Contains([]parser.ItemType{parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO}, n.Op) {
			p.known = false
		}
	case *parser.BinaryExpr:
		isFilter := n.Op.IsSetOperator() || n.Op.IsComparisonOperator() && !n.ReturnBool
		mayMiss := n.VectorMatching != nil && len(step.Operands) == 2 && (!isBare(step.Operands[0]) || !isBare(step.Operands[1]))
		if isFilter || mayMiss {
			p.known = false
		}
	}
}
