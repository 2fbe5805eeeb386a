package format

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/promgate/promgate/internal/report"
)

type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name     string         `xml:"name,attr"`
	Class    string         `xml:"classname,attr"`
	File     string         `xml:"file,attr,omitempty"`
	Line     int            `xml:"line,attr,omitempty"`
	Time     string         `xml:"time,attr"`
	Failures []junitFailure `xml:"failure"`
	Out      string         `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// junitTime is that of all tests: the report is the same for the same files. dorny/test-reporter
// 3.0 prints NaN where it is missing.
const junitTime = "0"

// writeJUnit writes a suite for each file, with a test for each object: it fails if the object is
// denied. Live objects are one suite.
func writeJUnit(b *bytes.Buffer, r Report, _ Options) error {
	findings := map[Object][]Located{}
	for _, l := range r.Findings {
		findings[l.object()] = append(findings[l.object()], l)
	}
	out := junitReport{Name: "promgate", Time: junitTime}
	for _, o := range r.objects() {
		suite := out.suite(cmp.Or(report.OneLine(o.File), "cluster"))
		test := junitTest(o, suite.Name, findings[o])
		suite.Cases = append(suite.Cases, test)
		suite.Tests++
		out.Tests++
		if len(test.Failures) > 0 {
			suite.Failures++
			out.Failures++
		}
	}
	return encodeXML(b, out)
}

// objects returns each object that was checked or has a finding once, in order.
func (r Report) objects() []Object {
	all := slices.Clone(r.Checked)
	for _, l := range r.Findings {
		all = append(all, l.object())
	}
	slices.SortFunc(all, compareObjects)
	return slices.Compact(all)
}

// suite returns the suite of that name, which is the last one if it exists.
func (out *junitReport) suite(name string) *junitSuite {
	if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != name {
		out.Suites = append(out.Suites, junitSuite{Name: name, Time: junitTime})
	}
	return &out.Suites[len(out.Suites)-1]
}

// junitTest returns the test of an object. Its class is its suite: GitLab keeps only one test for
// each class and name, and several files may have an object of the same name.
func junitTest(o Object, suite string, findings []Located) junitCase {
	test := junitCase{
		Name:  cmp.Or(o.String(), suite),
		Class: suite,
		File:  report.OneLine(o.File),
		Time:  junitTime,
	}
	var denials, warnings []string
	for _, l := range findings {
		text := junitText(l)
		if !l.denies() {
			warnings = append(warnings, text)
			continue
		}
		denials = append(denials, text)
		test.Line = cmp.Or(test.Line, l.Start.Line)
		test.Failures = append(test.Failures, junitFailure{
			Message: l.advice(),
			// GitLab casts the text to a type of that name, if there is one: "duration" is both a
			// type and a check, and would make it refuse the report (ActiveSupport 7, XmlMini).
			Type: "promgate." + report.OneLine(l.Finding.Check),
			Text: text,
		})
	}
	// Jenkins, dorny/test-reporter and mikepenz/action-junit-report show only the first failure of a
	// test, which therefore has the text of all of them.
	if len(denials) > 1 {
		test.Failures[0].Text += fmt.Sprintf("\n%d more in this object:\n\n%s", len(denials)-1, strings.Join(denials[1:], "\n"))
	}
	// One element: GitLab fails to read a second one.
	test.Out = strings.Join(warnings, "\n")
	return test
}

// junitText returns a finding in full. GitLab, and Jenkins with a plugin, attach the file that a
// text names as [[ATTACHMENT|FILE]].
func junitText(l Located) string {
	return strings.ReplaceAll(paragraph(l, defaultWidth, plain), "[[ATTACHMENT|", "[[ATTACHMENT |")
}
