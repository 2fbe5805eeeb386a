package format

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/validation"
)

// awkwardTexts are texts that mean something in one of the formats, to a terminal or to a CI system.
func awkwardTexts() []string {
	return []string{
		"", " ", "a", "größe 日本 💾 e\u0301", "a b/c,d:e;f=g&h.yaml", "=x=", "100%", "%0A%25", `C:\a\b.yaml`, "/abs/x.yaml",
		"\n", "\r\n", "a\nb", "\t", "\x00\x07\x1b[31m", "\u009b31m", "\u2028\u2029\u202e\u200f", "\ufeff", "\ufffe\uffff", "\xff\xfe",
		"::error::x", "  ::stop-commands::x", "\u00a0::error file=a::b", "##[error]x", "x ##[add-mask]a", "###[group]x", "##vso[task.complete result=Failed;]", "##teamcity[x]",
		"<a b='c'>&amp;&#xA;</a>", "]]>", "<!-- -->", `"quoted" \ 'single'`, "[text](https://example.org)", "{0} {{ }}", "[[ATTACHMENT|/etc/x]]",
		"hint: x", "  7 | x", "1 denied, 2 warnings", strings.Repeat("long ", 300),
	}
}

// anyReport has one finding with the given texts, each of which the formats may show in several
// places.
func anyReport(file, name, problem, fix, source string, line, column uint16, deny bool) Report {
	severity := validation.Warn
	if deny {
		severity = validation.Deny
	}
	return Report{Findings: []Located{{
		Finding: validation.Finding{
			Check: "the-check", Severity: severity, Path: fieldpath.New("spec").Key(name), Subject: validation.Subject{name},
			Problem: problem, Fix: fix, Key: problem,
			Excerpt: &validation.Excerpt{Text: source, Start: int(column), End: int(column) + 1},
		},
		File: file, Template: name, Kind: name, Namespace: name, Name: name,
		Start: Position{int(line), int(column)}, End: Position{int(line), int(column) + 1}, SourceLine: source,
	}}}
}

// checkAnyReport holds what is true of every report of one finding in every format.
func checkAnyReport(t *testing.T, r Report) {
	t.Helper()
	l := r.Findings[0]
	all := map[string]string{}
	for _, name := range Formats() {
		all[name] = written(t, name, r, Options{})
		checkHarmless(t, name, all[name])
	}

	var fromJSON jsonReport
	readJSON(t, all["json"], &fromJSON)
	if len(fromJSON.Findings) != 1 || fromJSON.Findings[0].Message != l.message() || fromJSON.Findings[0].File != strings.ToValidUTF8(l.File, "\ufffd") && utf8.ValidString(l.File) {
		t.Errorf("json gives %+v", fromJSON)
	}
	if results := readSARIF(t, all["sarif"]).Results; len(results) != 1 || results[0].RuleID != "the-check" {
		t.Errorf("sarif gives %+v", results)
	}
	if issues := readGitLab(t, all["gitlab"]); len(issues) != 1 || issues[0].Description != l.advice() {
		t.Errorf("gitlab gives %+v", issues)
	}
	if commands := readCommands(all["github"]); len(commands) != 1 || commands[0].Data != l.advice() {
		t.Errorf("github gives %+v", commands)
	}
	checkAnyXML(t, l, all)
	if got, want := strings.Count(all["text"], "\n"), linesOf(l); got != want {
		t.Errorf("text has %d lines, want %d:\n%s", got, want, all["text"])
	}
}

func checkAnyXML(t *testing.T, l Located, all map[string]string) {
	t.Helper()
	var style checkstyleReport
	readXML(t, all["checkstyle"], &style)
	if len(style.Files) != 1 || len(style.Files[0].Errors) != 1 || style.Files[0].Errors[0].Message != inXML(l.advice()) {
		t.Errorf("checkstyle gives %+v", style)
	}
	var unit junitReport
	readXML(t, all["junit"], &unit)
	if len(unit.Suites) != 1 || len(unit.Suites[0].Cases) != 1 {
		t.Fatalf("junit gives %+v", unit)
	}
	test := unit.Suites[0].Cases[0]
	if l.denies() != (len(test.Failures) == 1) || l.denies() == (test.Out != "") {
		t.Errorf("junit gives %+v", test)
	}
	if l.denies() && test.Failures[0].Message != inXML(l.advice()) {
		t.Errorf("junit says %q, want %q", test.Failures[0].Message, l.advice())
	}
}

// inXML replaces the two characters that XML 1.0 has no place for and OneLine keeps.
func inXML(s string) string {
	return strings.NewReplacer("\ufffe", "\ufffd", "\uffff", "\ufffd").Replace(s)
}

// linesOf returns how many lines the format text has.
func linesOf(l Located) int {
	lines := 1 + 1 + 1 // the headline, the empty line and the summary
	if aboutObject(l) != "" {
		lines++
	}
	if _, line, carets := drawing(l, defaultWidth); line != "" || carets != "" {
		lines += 2
	}
	if l.hint() != "" {
		lines++
	}
	return lines
}

// checkHarmless holds that no line drives a terminal or is a command.
func checkHarmless(t *testing.T, name, output string) {
	t.Helper()
	if !utf8.ValidString(output) || !strings.HasSuffix(output, "\n") {
		t.Errorf("%s is no text, or has no line end: %q", name, output)
	}
	for line := range strings.Lines(output) {
		line = strings.TrimSuffix(line, "\n")
		if report.OneLine(line) != line {
			t.Errorf("%s drives the terminal: %q", name, line)
		}
		if command, ok := readCommand(line); ok && (name != "github" || command.Name != "error" && command.Name != "warning") {
			t.Errorf("%s has a command for GitHub: %q", name, line)
		}
		if strings.Contains(line, "##vso[") || strings.Contains(line, "##teamcity[") {
			// GitHub's runner looks for no others in its own commands.
			if name != "github" {
				t.Errorf("%s has a command for a CI system: %q", name, line)
			}
		}
	}
}

func TestAwkwardTexts(t *testing.T) {
	var all Report
	for _, text := range awkwardTexts() {
		for _, deny := range []bool{true, false} {
			inFile, live := anyReport(text, text, text, text, text, 3, 2, deny), anyReport("", text, text, text, text, 0, 0, deny)
			checkAnyReport(t, inFile)
			checkAnyReport(t, live)
			all.Findings = append(all.Findings, inFile.Findings[0], live.Findings[0])
		}
	}
	// Once, because reading the schema takes long.
	if err := validateSARIF(written(t, "sarif", all, Options{})); err != nil {
		t.Error(err)
	}
}

func TestArbitraryTexts(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	pool := awkwardTexts()
	pick := func() string {
		var b strings.Builder
		for range random.IntN(4) {
			b.WriteString(pool[random.IntN(len(pool))])
		}
		return b.String()
	}
	for range 300 {
		checkAnyReport(t, anyReport(pick(), pick(), pick(), pick(), pick(), uint16(random.IntN(3)), uint16(random.IntN(60)), random.IntN(2) == 0))
	}
}

func FuzzFormats(f *testing.F) {
	for _, text := range awkwardTexts() {
		f.Add(text, text, text, text, text, uint16(3), uint16(2), true)
	}
	f.Fuzz(func(t *testing.T, file, name, problem, fix, source string, line, column uint16, deny bool) {
		checkAnyReport(t, anyReport(file, name, problem, fix, source, line, column, deny))
	})
}
