package review

import (
	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
)

// LabelCandidates returns, for each instance, the labels with which it would select an object that
// no instance selects. known is false if no instance has a selector for objects of the kind. An object that a
// reader takes has its place already, and gets no labels; neither does the global AlertmanagerConfig of an Alertmanager,
// whose routes would be there twice.
func LabelCandidates(kind, name string, labels map[string]string, view cluster.View) (candidates []defaulting.Candidate, known bool) {
	if len(view.Readers(kind, labels)) > 0 || len(view.Naming(kind, name)) > 0 {
		return nil, true
	}
	standing, known := view.Standing(kind, labels)
	if len(standing.SelectedBy) > 0 {
		return nil, known
	}
	for _, near := range standing.Near {
		if near.Gap.Addable() {
			candidates = append(candidates, defaulting.Candidate{Instance: near.Name, Labels: near.Gap.Missing})
		}
	}
	return candidates, known
}
