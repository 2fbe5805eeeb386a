package dialect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// A Use is a construct in an expression, and where it is: offsets in bytes.
type Use struct {
	*Construct

	Start, End int
}

// Uses returns the constructs of the table that an expression makes use of, in the order of the
// text. The expression is the text as the linked parser reads it.
func Uses(text string, expr parser.Expr) []Use {
	if !MayUse(text) {
		return nil
	}
	return read(text, expr)
}

func read(text string, expr parser.Expr) []Use {
	u := &uses{text: text, metrics: map[int]bool{}}
	u.node(expr)
	u.tokens(text)
	return u.sorted()
}

// Refused returns those of some constructs that a release with some feature flags refuses.
func Refused(all []Use, v Version, flags []string) []Use {
	var refused []Use
	for _, u := range all {
		if !u.In(v, flags) {
			refused = append(refused, u)
		}
	}
	return refused
}

// uses collects constructs.
type uses struct {
	text    string
	metrics map[int]bool // where the names of metrics are, in bytes
	found   []Use
}

func (u *uses) sorted() []Use {
	slices.SortStableFunc(u.found, func(a, b Use) int { return cmp.Compare(a.Start, b.Start) })
	return u.found
}

func (u *uses) add(kind Kind, name string, start, end int) {
	if c := Find(kind, name); c != nil {
		u.found = append(u.found, Use{c, start, end})
	}
}

// node finds what the syntax tree shows.
func (u *uses) node(n parser.Node) {
	switch n := n.(type) {
	case *parser.Call:
		start := int(n.PosRange.Start)
		u.add(Function, n.Func.Name, start, start+len(n.Func.Name))
	case *parser.AggregateExpr:
		name := n.Op.String()
		start := int(n.PosRange.Start)
		u.add(Aggregation, name, start, start+len(name))
	case *parser.VectorSelector:
		u.selector(n)
	}
	for child := range parser.ChildrenIter(n) {
		u.node(child)
	}
}

func (u *uses) selector(n *parser.VectorSelector) {
	start, end := int(n.PosRange.Start), int(n.PosRange.End)
	if n.Anchored {
		u.word(Modifier, "anchored", end)
	}
	if n.Smoothed {
		u.word(Modifier, "smoothed", end)
	}
	if n.Name != "" {
		u.metrics[start] = true
		u.add(MetricKeyword, strings.ToLower(n.Name), start, start+len(n.Name))
	}
	for _, m := range n.LabelMatchers {
		if (m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp) && strings.Contains(m.Value, "(?<") {
			u.add(Regexp, NamedGroup, start, end)
		}
	}
}

// word adds a word behind a place. The tree does not have its own place.
func (u *uses) word(kind Kind, name string, after int) {
	// 0 in a text whose bytes move when it is lowered
	start := max(0, strings.Index(strings.ToLower(u.text[after:]), name))
	u.add(kind, name, after+start, min(after+start+len(name), len(u.text)))
}
