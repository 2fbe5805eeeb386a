package validation

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/fieldpath"
)

func TestRatchet(t *testing.T) {
	deny := func(check, key string) Finding { return Finding{Check: check, Key: key, Severity: Deny} }
	warn := func(check, key string) Finding { return Finding{Check: check, Key: key, Severity: Warn} }
	known := func(check, key string) Finding {
		return Finding{Check: check, Key: key, Severity: Warn, Known: true}
	}
	at := func(path fieldpath.Path, f Finding) Finding {
		f.Path = path
		return f
	}
	for name, c := range map[string]struct {
		found, stored []Finding
		want          []Finding
		reason        string
	}{
		"Old":             {[]Finding{deny("a", "x")}, []Finding{deny("a", "x")}, []Finding{known("a", "x")}, "an old mistake locks nobody out"},
		"New":             {[]Finding{deny("a", "x")}, nil, []Finding{deny("a", "x")}, "a new mistake is denied"},
		"Mended":          {nil, []Finding{deny("a", "x")}, nil, "a fixed mistake is gone"},
		"OtherKey":        {[]Finding{deny("a", "y")}, []Finding{deny("a", "x")}, []Finding{deny("a", "y")}, "another value is another mistake"},
		"OtherCheck":      {[]Finding{deny("b", "x")}, []Finding{deny("a", "x")}, []Finding{deny("b", "x")}, "the same key of another check is another mistake"},
		"SecondCopy":      {[]Finding{deny("a", "x"), deny("a", "x")}, []Finding{deny("a", "x")}, []Finding{known("a", "x"), deny("a", "x")}, "a copy of an old mistake is new"},
		"TwoOldCopies":    {[]Finding{deny("a", "x"), deny("a", "x")}, []Finding{deny("a", "x"), deny("a", "x")}, []Finding{known("a", "x"), known("a", "x")}, "both copies are old"},
		"Moved":           {[]Finding{at(fieldpath.New("spec", "groups").Index(3), deny("a", "x"))}, []Finding{at(fieldpath.New("spec", "groups").Index(0), deny("a", "x"))}, []Finding{at(fieldpath.New("spec", "groups").Index(3), known("a", "x"))}, "a rule that moves keeps its mistakes"},
		"WarningStays":    {[]Finding{warn("a", "x")}, []Finding{warn("a", "x")}, []Finding{warn("a", "x")}, "a warning stays a plain warning: it was one before"},
		"WarningUsesUp":   {[]Finding{warn("a", "x"), deny("a", "x")}, []Finding{deny("a", "x")}, []Finding{warn("a", "x"), known("a", "x")}, "a warning does not use up an old denial"},
		"StoredAsWarn":    {[]Finding{deny("a", "x")}, []Finding{warn("a", "x")}, []Finding{known("a", "x")}, "the severity of the old mistake does not matter"},
		"NothingAnywhere": {nil, nil, nil, "a valid object stays valid"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Ratchet(c.found, c.stored)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
