package format

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/validation"
)

func TestGitHub(t *testing.T) {
	r := sharedReport()
	r.Sort()
	got := readCommands(written(t, "github", r, sharedOptions()))
	if len(got) != len(r.Findings) {
		t.Fatalf("%d findings went in and %d came out", len(r.Findings), len(got))
	}
	for i, c := range got {
		l := r.Findings[i]
		want := workflowCommand{Name: "warning", Properties: map[string]string{"title": annotationTitle(l)}, Data: l.advice()}
		if l.denies() {
			want.Name = "error"
		}
		if l.File != "" {
			want.Properties["file"] = report.OneLine(l.repositoryPath(""))
		}
		if l.Start.Line > 0 {
			want.Properties["line"] = strconv.Itoa(l.Start.Line)
			want.Properties["endLine"] = strconv.Itoa(l.End.Line)
		}
		if l.Start.Line > 0 && l.Start.Line == l.End.Line {
			want.Properties["col"] = strconv.Itoa(l.Start.Column)
			want.Properties["endColumn"] = strconv.Itoa(l.End.Column)
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("the runner reads finding %d otherwise (-want +got):\n%s", i, diff)
		}
	}
}

func TestGitHubPaths(t *testing.T) {
	for file, want := range map[string]string{
		"./a.yaml":            "a.yaml",
		"=x.yaml":             "./=x.yaml",
		"100%25,a:b.yaml":     "100%25,a:b.yaml",
		"/srv/repo/b/c.yaml":  "b/c.yaml",
		"/srv/repository.yml": "/srv/repository.yml",
	} {
		r := Report{Findings: []Located{{File: file, Finding: validation.Finding{Check: "x"}}}}
		commands := readCommands(written(t, "github", r, Options{Root: "/srv/repo"}))
		if got := commands[0].Properties["file"]; got != want {
			t.Errorf("%s is annotated as %q, want %q", file, got, want)
		}
	}
}

// TestGitHubLimit holds that a log has the places of all findings if there are more than GitHub
// annotates, and only then.
func TestGitHubLimit(t *testing.T) {
	for _, n := range []int{10, 11} {
		var r Report
		for i := range n {
			r.Findings = append(r.Findings, Located{File: fmt.Sprintf("%d.yaml", i), Start: Position{3, 4}, Finding: validation.Finding{Check: "x", Severity: validation.Deny, Problem: "bad"}})
		}
		log := written(t, "github", r, Options{})
		if got := strings.Contains(log, "\n  9.yaml:3:4: deny: bad [x]\n"); got != (n > 10) {
			t.Errorf("with %d errors the log is\n%s", n, log)
		}
		if got := len(readCommands(log)); got != n {
			t.Errorf("%d findings are %d annotations", n, got)
		}
	}
}
