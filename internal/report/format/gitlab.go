package format

import "bytes"

// A gitLabIssue has the fields of GitLab's code quality report. GitLab stops reading a report at the
// first entry that has not all of them (CodeClimate parser, "break unless valid_degradation?").
type gitLabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitLabLocation `json:"location"`
}

type gitLabLocation struct {
	Path  string      `json:"path"`
	Lines gitLabLines `json:"lines"`
}

type gitLabLines struct {
	Begin int `json:"begin"`
}

func writeGitLab(b *bytes.Buffer, r Report, o Options) error {
	issues := []gitLabIssue{}
	prints := fingerprints(r.Findings, o.Root)
	for i, l := range r.Findings {
		issues = append(issues, gitLabIssue{
			Description: l.advice(),
			CheckName:   l.Finding.Check,
			Fingerprint: prints[i],
			Severity:    gitLabSeverity(l),
			// A file as a whole, and a live object, are reported at the first line.
			Location: gitLabLocation{Path: l.repositoryPath(o.Root), Lines: gitLabLines{Begin: max(l.Start.Line, 1)}},
		})
	}
	return encodeJSON(b, issues)
}

func gitLabSeverity(l Located) string {
	if l.denies() {
		return "critical"
	}
	return "minor"
}
