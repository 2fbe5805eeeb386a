package format

import "bytes"

type jsonReport struct {
	Findings []jsonFinding `json:"findings"`
	Summary  Summary       `json:"summary"`
}

// A jsonFinding has all fields, always. docs/lint-output.md describes them.
type jsonFinding struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	Template  string `json:"template"`
	Severity  string `json:"severity"`
	Check     string `json:"check"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Path      string `json:"path"`
	Subject   string `json:"subject"`
	Message   string `json:"message"`
	Hint      string `json:"hint"`
}

func writeJSON(b *bytes.Buffer, r Report, _ Options) error {
	out := jsonReport{Findings: []jsonFinding{}, Summary: r.Summary}
	for _, l := range r.Findings {
		out.Findings = append(out.Findings, jsonFinding{
			File: l.File, Template: l.Template,
			Line: l.Start.Line, Column: l.Start.Column, EndLine: l.end().Line, EndColumn: l.end().Column,
			Severity: string(l.Finding.Severity), Check: l.Finding.Check,
			Kind: l.Kind, Namespace: l.Namespace, Name: l.Name,
			Path: l.Finding.Path.String(), Subject: l.Finding.Subject.String(),
			Message: l.message(), Hint: l.hint(),
		})
	}
	return encodeJSON(b, out)
}
