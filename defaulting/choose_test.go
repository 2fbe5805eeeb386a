package defaulting

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChoose(t *testing.T) {
	a := Candidate{Prometheus: "m/a", Labels: map[string]string{"release": "a"}}
	a2 := Candidate{Prometheus: "m/a-2", Labels: map[string]string{"release": "a"}}
	b := Candidate{Prometheus: "m/b", Labels: map[string]string{"release": "b"}}
	cases := map[string]struct {
		reason     string
		candidates []Candidate
		byDefault  string
		want       map[string]string
	}{
		"None":         {reason: "nobody would select it"},
		"One":          {reason: "one candidate is added", candidates: []Candidate{a}, want: a.Labels},
		"TwoReplicas":  {reason: "two that ask for the same are one", candidates: []Candidate{a, a2}, want: a.Labels},
		"TwoSetups":    {reason: "which of two is for the user to say", candidates: []Candidate{a, b}},
		"Default":      {reason: "or for the configuration", candidates: []Candidate{a, b}, byDefault: "m/b", want: b.Labels},
		"OtherDefault": {reason: "a default that would not select it decides nothing", candidates: []Candidate{a, b}, byDefault: "m/c"},
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
	a := Candidate{Prometheus: "m/a", Labels: map[string]string{"release": "a"}}
	b := Candidate{Prometheus: "m/b", Labels: map[string]string{"release": "b"}}
	both := Candidate{Prometheus: "m/c", Labels: map[string]string{"release": "a", "team": "x"}}
	cases := map[string]struct {
		reason     string
		candidates []Candidate
		stored     map[string]string
		want       map[string]string
	}{
		"Dropped":    {reason: "what the stored object had is put back", candidates: []Candidate{a, b}, stored: map[string]string{"release": "b"}, want: b.Labels},
		"Dormant":    {reason: "an object that nothing selected stays so", candidates: []Candidate{a}},
		"OtherValue": {reason: "what the user had set is the user's to drop", candidates: []Candidate{a}, stored: map[string]string{"release": "x"}},
		"Half":       {reason: "it was not selected with half of the labels", candidates: []Candidate{both}, stored: map[string]string{"release": "a"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Dropped(tc.candidates, Object{Labels: tc.stored}, "")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
