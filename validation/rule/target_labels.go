package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promql/resultlabels"
)

// targetLabelLost is an operation on scraped series, which have the labels of their target, and on a side that has lost one of these.
type targetLabelLost struct {
	resultlabels.Contradiction

	onLeft  bool     // the left side has lost it
	metrics []string // of the other side
}

// fix says how to match the two sides: by the labels that the side is grouped by that has lost others.
func (t targetLabelLost) fix() string {
	n, ok := t.By.(*parser.BinaryExpr)
	if !ok {
		return ""
	}
	lost, group := n.RHS, "group_left"
	if t.onLeft {
		lost, group = n.LHS, "group_right"
	}
	matching := fmt.Sprintf("%s on (%s)", n.Op, strings.Join(groupedBy(lost), ", "))
	if !n.Op.IsSetOperator() {
		matching += " " + group
	}
	return "match by what both sides have, such as " + matching
}

// lostTargetLabel returns the label of a target that an operation has to find equal on both sides, that all series of one
// side have, as they are scraped, and no series of the other.
func lostTargetLabel(n *parser.BinaryExpr, left, right resultlabels.Set) (targetLabelLost, bool) {
	m := n.VectorMatching
	if m == nil || n.Op == parser.LOR || m.FillValues.LHS != nil || m.FillValues.RHS != nil {
		return targetLabelLost{}, false
	}
	// Prometheus gives each target these two labels (scrape/target.go, PopulateLabels in 3.16).
	for _, name := range []string{model.InstanceLabel, model.JobLabel} {
		l, r := left.Label(name), right.Label(name)
		if slices.Contains(m.MatchingLabels, name) != m.On || l.Impossible() == r.Impossible() {
			continue
		}
		other := n.LHS
		if l.Impossible() {
			other = n.RHS
		}
		if metrics, ok := scrapedMetrics(other, name); ok {
			c := resultlabels.Contradiction{By: n, Label: name, Left: l, Right: r}
			return targetLabelLost{Contradiction: c, onLeft: l.Impossible(), metrics: metrics}, true
		}
	}
	return targetLabelLost{}, false
}
