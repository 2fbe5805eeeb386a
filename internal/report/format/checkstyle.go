package format

import (
	"bytes"
	"encoding/xml"

	"github.com/promgate/promgate/internal/report"
)

type checkstyleReport struct {
	XMLName xml.Name `xml:"checkstyle"`
	// Version is that of the format. Readers do not look at it, and some miss it.
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr,omitempty"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

func writeCheckstyle(b *bytes.Buffer, r Report, _ Options) error {
	out := checkstyleReport{Version: "4.3"}
	for _, l := range r.Findings {
		name := l.where()
		if n := len(out.Files); n == 0 || out.Files[n-1].Name != name {
			out.Files = append(out.Files, checkstyleFile{Name: name})
		}
		file := &out.Files[len(out.Files)-1]
		file.Errors = append(file.Errors, checkstyleError{
			Line: l.Start.Line, Column: l.Start.Column,
			Severity: checkstyleSeverity(l), Message: l.advice(),
			Source: "promgate." + report.OneLine(l.Finding.Check),
		})
	}
	return encodeXML(b, out)
}

func checkstyleSeverity(l Located) string {
	if l.denies() {
		return "error"
	}
	return "warning"
}
