package format

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/promgate/promgate/internal/report"
)

// maxAnnotations is how many errors, and how many warnings, of one step GitHub shows as annotations
// (_maxCountPerIssueType in the runner's ExecutionContext, 2.336). It writes the others to the log,
// without their file and line.
const maxAnnotations = 10

// writeGitHub writes a workflow command for each finding, and the summary. If GitHub would not show
// all of them, their places follow as text.
func writeGitHub(b *bytes.Buffer, r Report, o Options) error {
	for _, l := range r.Findings {
		b.WriteString(annotation(l, o.Root) + "\n")
	}
	if found := Summarize(r.Findings, nil); max(found.Deny, found.Warn) > maxAnnotations {
		fmt.Fprintf(b, "GitHub shows %d errors and %d warnings of a step as annotations. All findings:\n", maxAnnotations, maxAnnotations)
		for _, l := range r.Findings {
			b.WriteString("  " + headline(l, plain) + "\n")
		}
	}
	b.WriteString(r.Summary.sentence() + "\n")
	return nil
}

func annotation(l Located, root string) string {
	level := "warning"
	if l.denies() {
		level = "error"
	}
	var properties []string
	add := func(name, value string) {
		properties = append(properties, name+"="+escapeProperty(report.OneLine(value)))
	}
	if l.File != "" {
		add("file", annotatedPath(l.repositoryPath(root)))
	}
	if l.Start.Line > 0 {
		add("line", strconv.Itoa(l.Start.Line))
		add("endLine", strconv.Itoa(l.end().Line))
	}
	// The runner drops the columns of a place that spans lines.
	if l.Start.Column > 0 && l.end().Line == l.Start.Line {
		add("col", strconv.Itoa(l.Start.Column))
		add("endColumn", strconv.Itoa(l.end().Column))
	}
	add("title", annotationTitle(l))
	return "::" + level + " " + strings.Join(properties, ",") + "::" + escapeData(l.advice())
}

func annotationTitle(l Located) string {
	title := l.Finding.Check
	if object := l.object().String(); object != "" {
		title += ": " + object
	}
	if subject := report.Subject(l.Finding, limits()); subject != "" {
		title += ", " + subject
	}
	return title
}

// annotatedPath keeps the runner's parser from losing the = at the start of a value, which has no
// escape.
func annotatedPath(path string) string {
	if strings.HasPrefix(path, "=") {
		return "./" + path
	}
	return path
}

// escapeData escapes the text of a workflow command, as @actions/core does.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes a property of a workflow command, as @actions/core does.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
