package fieldpath

import "testing"

func TestSet(t *testing.T) {
	var set Set
	set.Add(New("spec", "endpoints").Index(1).Field("port"))
	set.Add(New("spec", "selector"))
	for _, test := range []struct {
		reason            string
		path              Path
		covers, leadsInto bool
	}{
		{"a member", New("spec", "selector"), true, true},
		{"below a member", New("spec", "selector").Field("matchLabels").Key("app"), true, false},
		{"above a member", New("spec", "endpoints").Index(1), false, true},
		{"the object", Path{}, false, true},
		{"beside a member", New("spec", "endpoints").Index(1).Field("path"), false, false},
		{"another entry", New("spec", "endpoints").Index(0), false, false},
		{"another kind of step", New("spec").Key("selector"), false, false},
	} {
		if got := set.Covers(test.path); got != test.covers {
			t.Errorf("%s: Covers(%s) = %t", test.reason, test.path, got)
		}
		if got := set.LeadsInto(test.path); got != test.leadsInto {
			t.Errorf("%s: LeadsInto(%s) = %t", test.reason, test.path, got)
		}
	}
	var empty Set
	if empty.Covers(New("spec")) || empty.LeadsInto(New("spec")) || empty.LeadsInto(Path{}) {
		t.Errorf("the empty set holds nothing")
	}
}
