package format

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readGitLab(t *testing.T, text string) []gitLabIssue {
	t.Helper()
	var got []gitLabIssue
	readJSON(t, text, &got)
	return got
}

func TestGitLab(t *testing.T) {
	r := sharedReport()
	r.Sort()
	got := readGitLab(t, written(t, "gitlab", r, Options{}))
	if len(got) != len(r.Findings) {
		t.Fatalf("%d findings went in and %d came out", len(r.Findings), len(got))
	}
	seen := map[string]bool{}
	for i, issue := range got {
		l := r.Findings[i]
		if seen[issue.Fingerprint] {
			t.Errorf("GitLab keeps only one of the issues with the fingerprint %s", issue.Fingerprint)
		}
		seen[issue.Fingerprint] = true
		want := gitLabIssue{Description: l.advice(), CheckName: l.Finding.Check, Fingerprint: issue.Fingerprint, Severity: "minor"}
		if l.denies() {
			want.Severity = "critical"
		}
		want.Location.Path = l.repositoryPath("")
		want.Location.Lines.Begin = max(l.Start.Line, 1)
		if diff := cmp.Diff(want, issue); diff != "" {
			t.Errorf("issue %d differs (-want +got):\n%s", i, diff)
		}
	}
}
