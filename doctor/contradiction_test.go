package doctor

import (
	"math/rand/v2"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// TestContradiction: a random selector contradicts itself exactly if none of all label sets matches it.
func TestContradiction(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	keys, values := []string{"a", "b"}, []string{"x", "y", "z"}
	all := []labels.Set{{}}
	for _, key := range keys {
		for _, s := range append([]labels.Set(nil), all...) {
			for _, value := range append(values, "another") {
				all = append(all, labels.Merge(s, labels.Set{key: value}))
			}
		}
	}
	operators := []metav1.LabelSelectorOperator{metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist}
	contradictions := 0
	for range 2000 {
		s := &metav1.LabelSelector{}
		for range random.IntN(5) {
			r := metav1.LabelSelectorRequirement{Key: keys[random.IntN(2)], Operator: operators[random.IntN(4)]}
			if r.Operator == metav1.LabelSelectorOpIn || r.Operator == metav1.LabelSelectorOpNotIn {
				first := random.IntN(3)
				r.Values = values[first : first+1+random.IntN(3-first)]
			}
			s.MatchExpressions = append(s.MatchExpressions, r)
		}
		selector, err := metav1.LabelSelectorAsSelector(s)
		if err != nil {
			t.Fatal(err)
		}
		matched := false
		for _, set := range all {
			matched = matched || selector.Matches(set)
		}
		if got := contradiction(s) == ""; got != matched {
			t.Errorf("%s: matches something: %t, want %t", metav1.FormatLabelSelector(s), got, matched)
		}
		if !matched {
			contradictions++
		}
	}
	if contradictions == 0 {
		t.Error("no selector contradicts itself")
	}
}
