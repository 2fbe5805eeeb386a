package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var recordLabels = validation.Check[*groupRule]{
	ID: "record-labels", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The name of a recording rule claims a label that the result has not",
		Text: `A name of the form ` + "`level:metric:operations`" + ` says by its level which labels the series have:
` + "`instance_path:requests:rate5m`" + ` has the labels ` + "`instance` and `path`" + `. Here no series of the result has one of the labels, so that a query that relies on the name finds
nothing.

Keep the label (` + "`sum by (instance, path) (...)`" + `), or take it out of the name.

The check speaks only if the whole level is made of labels that the result has, labels that the expression names, and ` + "`instance` and `job`" + `. Any other
word in it (` + "`cluster:`, `apiserver_request:`" + `) may be the name of something else.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		level, rest, ok := strings.Cut(r.Record, ":")
		if !ok || !strings.Contains(rest, ":") || r.labels == nil || r.labels.result.None() != nil {
			return nil
		}
		var found []validation.Finding
		for _, name := range newLevel(r, level).lacked() {
			problem := fmt.Sprintf("the name says that the series have the label %q, which the result has not", name)
			if by := taker(r.labels.result.Label(name)); by != "" {
				problem = fmt.Sprintf("the name says that the series have the label %q, which %s drops", name, by)
			}
			f := r.place("record").Finding(problem, "keep the label in the expression, or take it out of the name", validation.Key(name))
			at := strings.Index(level, name)
			f.Excerpt = r.place("record").Excerpt(r.Record, at, at+len(name))
			found = append(found, f)
		}
		return found
	},
}

// level is the part of a recording rule's name that lists labels, joined by _.
type level struct {
	words []string
	rule  *groupRule
	named []string // labels that the expression or the rule names
}

func newLevel(r *groupRule, text string) level {
	l := level{words: strings.Split(text, "_"), rule: r}
	l.named = append(slices.Collect(maps.Keys(r.Labels)), slices.Collect(maps.Keys(r.group.Labels))...)
	inspectNodes(r.expr, func(n parser.Node) {
		switch n := n.(type) {
		case *parser.AggregateExpr:
			l.named = append(append(l.named, n.Grouping...), literalTexts(n.Param)...) // the parameter of count_values is a label
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				l.named = append(append(l.named, n.VectorMatching.MatchingLabels...), n.VectorMatching.Include...)
			}
		case *parser.VectorSelector:
			for _, m := range n.LabelMatchers {
				l.named = append(l.named, m.Name)
			}
		case *parser.Call:
			l.named = append(l.named, namedBy(n)...)
		}
	})
	return l
}

// namedBy returns the labels that the arguments of a function name.
func namedBy(n *parser.Call) []string {
	switch {
	case n.Func.Name == "label_replace" && len(n.Args) == 5:
		return literalTexts(n.Args[1], n.Args[3])
	case n.Func.Name == "label_join" && len(n.Args) >= 3:
		return literalTexts(append(parser.Expressions{n.Args[1]}, n.Args[3:]...)...)
	}
	return nil
}

func literalTexts(args ...parser.Expr) (texts []string) {
	for _, arg := range args {
		if text, ok := arg.(*parser.StringLiteral); ok {
			texts = append(texts, text.Val)
		}
	}
	return texts
}

// maxWords is how many words of a level are looked at. More are no list of labels.
const maxWords = 12

// lacked returns the labels that the level claims, and that no series has. It takes the way to split the level into labels that claims the
// fewest of those. If there is no way, the level is no list of labels.
func (l level) lacked() []string {
	if len(l.words) > maxWords {
		return nil
	}
	// best[i] is the best way to split the words from i on; it holds the labels that are lacked.
	best := make([][]string, len(l.words)+1)
	possible := make([]bool, len(l.words)+1)
	possible[len(l.words)] = true
	for i := len(l.words) - 1; i >= 0; i-- {
		for j := i + 1; j <= len(l.words); j++ {
			name := strings.Join(l.words[i:j], "_")
			isLabel, has := l.label(name, j-i)
			if !isLabel || !possible[j] {
				continue
			}
			lacked := best[j]
			if !has {
				lacked = append([]string{name}, lacked...)
			}
			if !possible[i] || len(lacked) < len(best[i]) {
				best[i], possible[i] = lacked, true
			}
		}
	}
	return best[0]
}

// label reports whether some words of a level are the name of a label, and whether a series that the rule writes may have it.
func (l level) label(name string, words int) (isLabel, has bool) {
	isNamed := slices.Contains(l.named, name) || name == model.InstanceLabel || name == model.JobLabel
	has = l.rule.Labels[name] != "" || l.rule.group.Labels[name] != "" || !l.rule.labels.result.Label(name).Impossible()
	if name == wholeCluster {
		return true, true
	}
	return isNamed || has && words == 1, has
}

// wholeCluster is the level of what is aggregated over all of a cluster, which has no label of its name within the cluster.
const wholeCluster = "cluster"
