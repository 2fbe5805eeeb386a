package defaulting

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChoose(t *testing.T) {
	a := Candidate{Instance: "m/a", Labels: map[string]string{"release": "a"}}
	a2 := Candidate{Instance: "m/a-2", Labels: map[string]string{"release": "a"}}
	b := Candidate{Instance: "m/b", Labels: map[string]string{"release": "b"}}
	cases := map[string]struct {
		reason     string
		candidates []Candidate
		byDefault  string
		want       map[string]string
	}{
		"None":         {reason: "no Prometheus would select it"},
		"One":          {reason: "one candidate is added", candidates: []Candidate{a}, want: a.Labels},
		"TwoReplicas":  {reason: "two that require the same labels count as one", candidates: []Candidate{a, a2}, want: a.Labels},
		"TwoSetups":    {reason: "only the user can choose one of two", candidates: []Candidate{a, b}},
		"Default":      {reason: "or the configuration chooses", candidates: []Candidate{a, b}, byDefault: "m/b", want: b.Labels},
		"OtherDefault": {reason: "a default that would not select it is ignored", candidates: []Candidate{a, b}, byDefault: "m/c"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Choose(tc.candidates, tc.byDefault)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDropped(t *testing.T) {
	a := Candidate{Instance: "m/a", Labels: map[string]string{"release": "a"}}
	b := Candidate{Instance: "m/b", Labels: map[string]string{"release": "b"}}
	both := Candidate{Instance: "m/c", Labels: map[string]string{"release": "a", "team": "x"}}
	cases := map[string]struct {
		reason     string
		candidates []Candidate
		stored     map[string]string
		want       map[string]string
	}{
		"Dropped":    {reason: "the labels of the stored object are added again", candidates: []Candidate{a, b}, stored: map[string]string{"release": "b"}, want: b.Labels},
		"Dormant":    {reason: "an unselected object stays unselected", candidates: []Candidate{a}},
		"OtherValue": {reason: "the user may drop a label that the user set", candidates: []Candidate{a}, stored: map[string]string{"release": "x"}},
		"Half":       {reason: "the object was not selected with half of the labels", candidates: []Candidate{both}, stored: map[string]string{"release": "a"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Dropped(tc.candidates, Object{Labels: tc.stored}, "")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
