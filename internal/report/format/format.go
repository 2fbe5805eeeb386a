// Package format writes a report on many objects, as promgate lint and promgate audit print it, in
// the formats that people and pipelines read. It is pure.
//
// The texts in a report are a user's, and may be an attacker's. No format lets them reach a terminal
// as control characters, break the format, or become a command of the CI system that reads the log.
package format

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/promgate/promgate/validation"
)

// A Located is a finding with its place in a file and the object that it is about.
type Located struct {
	Finding validation.Finding

	// File is the path as the user gave it, or "stdin". It is empty for a live object.
	File string

	// Template is the path that helm template wrote into a "# Source:" comment, or empty.
	Template string

	// Start is the first character of the place, and End the character after its last one. They are
	// zero if the position is unknown, as it is for a live object. If End is not behind Start, the
	// place is a point.
	Start, End Position

	// SourceLine is the text of the line of Start, without its line end, or empty if it is unknown.
	SourceLine string

	// Kind, Namespace and Name are those of the object. They are empty if the finding is about a
	// file as a whole.
	Kind, Namespace, Name string
}

// A Position is a place in a file. Line and Column count from 1, and columns count characters
// (Unicode code points). Zero means unknown.
type Position struct{ Line, Column int }

func (p Position) compare(other Position) int {
	if p.Line != other.Line {
		return p.Line - other.Line
	}
	return p.Column - other.Column
}

// end returns End, moved to Start if it is not behind it.
func (l Located) end() Position {
	if l.Start == (Position{}) || l.End.compare(l.Start) < 0 {
		return l.Start
	}
	return l.End
}

func (l Located) object() Object {
	return Object{File: l.File, Kind: l.Kind, Namespace: l.Namespace, Name: l.Name}
}

func (l Located) denies() bool { return l.Finding.Severity == validation.Deny }

// An Object is an object that was checked. File is empty for a live object.
type Object struct{ File, Kind, Namespace, Name string }

// A Report is what a run found. The functions of this package do not change it.
type Report struct {
	// Findings are those at deny and warn, in any order.
	Findings []Located

	// Checked are the objects that were checked, with and without findings, in any order. An object
	// with findings may be missing.
	Checked []Object

	Summary Summary
}

// A Summary counts what a run checked and found.
type Summary struct {
	Objects int `json:"objects"`
	Files   int `json:"files"`

	// Deny and Warn count the findings, and Suppressed those that a comment or an annotation
	// suppresses, which are not among the findings.
	Deny       int `json:"deny"`
	Warn       int `json:"warn"`
	Suppressed int `json:"suppressed"`

	// Note says what was not checked, and why, in words. It is empty if nothing was left out.
	Note string `json:"note"`
}

// Summarize counts the objects, their files, and the findings of each severity.
func Summarize(findings []Located, checked []Object) Summary {
	s := Summary{Objects: len(checked)}
	files := map[string]bool{}
	for _, o := range checked {
		if o.File != "" {
			files[o.File] = true
		}
	}
	s.Files = len(files)
	for _, l := range findings {
		if l.denies() {
			s.Deny++
		} else {
			s.Warn++
		}
	}
	return s
}

// Options control what a report looks like. The zero Options are valid.
type Options struct {
	// Color allows colours in the format text. The caller knows whether it writes to a terminal,
	// and what NO_COLOR says.
	Color bool

	// Width is that of the terminal in columns. 0 means 100. The format text cuts source lines to
	// it.
	Width int

	// Version is that of promgate. It may be empty.
	Version string

	// Root is the absolute path of the directory that paths in sarif, github and gitlab are relative
	// to: the root of the repository. If it is empty, absolute paths stay absolute.
	Root string

	// Checks describes the checks that ran. The format sarif lists them as rules.
	Checks []validation.Info

	// PageOf returns the address of the page of a check, or "" if it has none. It may be nil.
	PageOf func(check string) string
}

type format struct {
	name  string
	write func(*bytes.Buffer, Report, Options) error
}

func formats() []format {
	return []format{
		{"text", writeText},
		{"json", writeJSON},
		{"sarif", writeSARIF},
		{"junit", writeJUnit},
		{"github", writeGitHub},
		{"gitlab", writeGitLab},
		{"checkstyle", writeCheckstyle},
	}
}

// Formats returns the names of the formats. The first one is the default.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Write writes the report in a format. What it writes does not depend on the order of the findings
// and objects. If it returns an error because the format is unknown, it has written nothing.
func Write(w io.Writer, name string, r Report, o Options) error {
	i := slices.IndexFunc(formats(), func(f format) bool { return f.name == name })
	if i < 0 {
		return unknownFormat(name)
	}
	r.Findings, r.Checked = slices.Clone(r.Findings), slices.Clone(r.Checked)
	r.Sort()
	var b bytes.Buffer
	if err := formats()[i].write(&b, r, o); err != nil {
		return fmt.Errorf("formatting the report as %s: %w", name, err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func unknownFormat(name string) error {
	return fmt.Errorf("unknown format %q: the formats are %s", name, strings.Join(Formats(), ", "))
}
