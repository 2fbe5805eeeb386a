package resultlabels

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func ofSelector(n *parser.VectorSelector, in *memory) Set {
	s := Set{labels: in.labels(len(n.LabelMatchers)), rest: anything(), in: in}
	for i, m := range n.LabelMatchers {
		at, ok := s.find(m.Name)
		if ok {
			continue
		}
		value := matched(n, n.LabelMatchers[i:], in)
		s.labels = slices.Insert(s.labels, at, label{m.Name, value})
		if value.contradicts() && s.none == nil {
			s.none = &Contradiction{By: n, Label: m.Name}
		}
	}
	return s
}

// matched returns the values of the first matcher's label that all matchers of that label match.
func matched(n *parser.VectorSelector, matchers []*labels.Matcher, in *memory) Value {
	name := matchers[0].Name
	if m := matchers[0]; m.Type == labels.MatchEqual && m.Value != "" && !isNamed(matchers[1:], name) {
		return Value{Known: true, Values: in.text(m.Value), By: n}
	}
	v := Value{MayLack: true, By: n}
	for _, m := range matchers {
		if m == nil || m.Name != name {
			continue
		}
		v.MayLack = v.MayLack && m.Matches("")
		if values, ok := listed(m); ok && !v.Known {
			v.Known, v.Values = true, values
		}
	}
	if exclude(matchers, name) {
		return Value{Known: true, By: n}
	}
	v.Values = slices.DeleteFunc(v.Values, func(value string) bool {
		return slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m != nil && m.Name == name && !m.Matches(value) })
	})
	return v.bounded()
}

// exclude reports whether a matcher of a label takes just what another one leaves.
func exclude(matchers []*labels.Matcher, name string) bool {
	for i, m := range matchers {
		for _, other := range matchers[:i] {
			if m != nil && other != nil && m.Name == name && other.Name == name && m.Value == other.Value && opposite(m.Type, other.Type) {
				return true
			}
		}
	}
	return false
}

func opposite(a, b labels.MatchType) bool {
	switch a {
	case labels.MatchRegexp:
		return b == labels.MatchNotRegexp
	case labels.MatchNotRegexp:
		return b == labels.MatchRegexp
	}
	return false
}

// isNamed reports whether a matcher is about the label.
func isNamed(matchers []*labels.Matcher, name string) bool {
	return slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m != nil && m.Name == name })
}

// listed returns the values that a matcher lists, without the empty one.
func listed(m *labels.Matcher) (values []string, ok bool) {
	switch m.Type {
	case labels.MatchEqual:
		values = []string{m.Value}
	case labels.MatchRegexp:
		values = m.SetMatches() // a copy
	case labels.MatchNotEqual, labels.MatchNotRegexp:
	}
	if len(values) == 0 {
		return nil, false
	}
	values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	slices.Sort(values)
	return slices.Compact(values), true
}
