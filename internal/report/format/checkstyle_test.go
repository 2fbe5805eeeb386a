package format

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckstyle(t *testing.T) {
	r := sharedReport()
	r.Sort()
	var got checkstyleReport
	readXML(t, written(t, "checkstyle", r, Options{}), &got)
	i := 0
	for _, file := range got.Files {
		for _, e := range file.Errors {
			l := r.Findings[i]
			want := checkstyleError{Line: l.Start.Line, Column: l.Start.Column, Severity: "warning", Message: l.advice(), Source: "promgate." + l.Finding.Check}
			if l.denies() {
				want.Severity = "error"
			}
			if diff := cmp.Diff(want, e); diff != "" || file.Name != l.where() {
				t.Errorf("finding %d is in %q, want %q (-want +got):\n%s", i, file.Name, l.where(), diff)
			}
			i++
		}
	}
	if i != len(r.Findings) {
		t.Errorf("%d findings went in and %d came out", len(r.Findings), i)
	}
}
