package format

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSON(t *testing.T) {
	r := sharedReport()
	r.Sort()
	var got jsonReport
	readJSON(t, written(t, "json", r, Options{}), &got)
	if diff := cmp.Diff(r.Summary, got.Summary); diff != "" {
		t.Errorf("the summary changes on the way (-want +got):\n%s", diff)
	}
	if len(got.Findings) != len(r.Findings) {
		t.Fatalf("%d findings went in and %d came out", len(r.Findings), len(got.Findings))
	}
	for i, f := range got.Findings {
		l := r.Findings[i]
		want := jsonFinding{
			File: l.File, Line: l.Start.Line, Column: l.Start.Column, EndLine: l.End.Line, EndColumn: l.End.Column,
			Template: l.Template, Severity: string(l.Finding.Severity), Check: l.Finding.Check,
			Kind: l.Kind, Namespace: l.Namespace, Name: l.Name,
			Path: l.Finding.Path.String(), Subject: l.Finding.Subject.String(), Message: l.message(), Hint: l.hint(),
		}
		if diff := cmp.Diff(want, f); diff != "" {
			t.Errorf("finding %d changes on the way (-want +got):\n%s", i, diff)
		}
	}
}

// TestJSONEnd holds that the end is never before the start, and known if the start is.
func TestJSONEnd(t *testing.T) {
	for name, c := range map[string]struct{ start, end, want Position }{
		"Range":   {Position{3, 5}, Position{3, 9}, Position{3, 9}},
		"Lines":   {Position{3, 5}, Position{4, 1}, Position{4, 1}},
		"NoEnd":   {Position{3, 5}, Position{}, Position{3, 5}},
		"Before":  {Position{3, 5}, Position{3, 2}, Position{3, 5}},
		"OnlyEnd": {Position{}, Position{3, 2}, Position{}},
	} {
		t.Run(name, func(t *testing.T) {
			var got jsonReport
			readJSON(t, written(t, "json", Report{Findings: []Located{{Start: c.start, End: c.end}}}, Options{}), &got)
			if end := (Position{got.Findings[0].EndLine, got.Findings[0].EndColumn}); end != c.want {
				t.Errorf("the end is %v, want %v", end, c.want)
			}
		})
	}
}
