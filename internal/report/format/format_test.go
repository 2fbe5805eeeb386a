package format

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

var update = flag.Bool("update", false, "write what the formats give into the golden files")

// The object and the file that most findings of the shared report are about.
func webMonitor(l Located) Located {
	l.File, l.Kind, l.Namespace, l.Name = "./deploy/web monitor.yaml", "ServiceMonitor", "shop", "web"
	return l
}

func intervalPath(i int) fieldpath.Path {
	return fieldpath.New("spec", "endpoints").Index(i).Field("interval")
}

// sharedReport has what formats stumble over: names with commas, colons, percent signs, control
// characters and commands of CI systems; wide and combining characters; a place that spans lines; a
// live object; a file without an object; the same mistake twice.
func sharedReport() Report {
	r := Report{
		Findings: []Located{
			webMonitor(Located{
				Finding: validation.Finding{
					Check: "duration", Severity: validation.Deny, Path: intervalPath(0),
					Subject: validation.Subject{`endpoint "web"`}, Problem: `"1 minute" is not a duration`, Fix: "write a number and a unit, such as 30s", Key: "web\x00interval\x001 minute",
				},
				Start: Position{12, 15}, End: Position{12, 23}, SourceLine: `    interval: 1 minute # 100% :: a, b`,
			}),
			webMonitor(Located{
				Finding: validation.Finding{
					Check: "duration", Severity: validation.Deny, Path: intervalPath(1),
					Subject: validation.Subject{`endpoint "web"`}, Problem: `"1 minute" is not a duration`, Fix: "write a number and a unit, such as 30s", Key: "web\x00interval\x001 minute",
				},
				Start: Position{16, 15}, End: Position{16, 23}, SourceLine: `    interval: 1 minute`,
			}),
			webMonitor(Located{
				Finding: validation.Finding{
					Check: "not-selected", Severity: validation.Warn, Path: fieldpath.New("metadata", "labels").Key("größe"),
					Problem: "no Prometheus selects the object",
				},
				Start: Position{4, 8}, End: Position{4, 11}, SourceLine: "\tg日本: \u0061\u0301bc # e\u0301",
			}),
			{
				Finding: validation.Finding{
					Check: "expr-syntax", Severity: validation.Deny, Path: fieldpath.New("spec", "groups").Index(0).Field("rules").Index(0).Field("expr"),
					Subject: validation.Subject{`group "100%, :: x"`, `alert "[a](https://example.org)"`},
					Problem: "unexpected \"}\" in rate(up{job=\"a\"}[5m]), see [a](https://example.org)", Fix: "remove it", Key: "a",
					Excerpt: &validation.Excerpt{Text: "rate(up{job=\"a\"}}[5m]) > 0 and on() ##[add-mask]x", Start: 16, End: 17},
				},
				File: "rules/a,b:c%20.yaml", Template: "shop/templates/rules.yaml",
				Start: Position{7, 11}, End: Position{9, 3}, SourceLine: "    expr: >-",
				Kind: "PrometheusRule", Namespace: "shop", Name: "rules",
			},
			{
				Finding: validation.Finding{
					Check: "group-name", Severity: validation.Deny, Path: fieldpath.New("spec"),
					Problem: "the name \"\x1b[31mred\x07\n::error::x\u202e\" is empty\r\n", Fix: "give it\ta name", Key: "b",
				},
				File: "::stop-commands::x\x1b[2J.yaml", Start: Position{1, 2}, End: Position{1, 2}, SourceLine: "::error:: ##vso[task.complete]\x1b[0m",
				Kind: "PrometheusRule", Namespace: "", Name: "\x1b]0;title\x07",
			},
			{
				Finding: validation.Finding{
					Check: "unknown-key", Severity: validation.Warn, Problem: "the file holds <b> & \"quotes\" ]]> [[ATTACHMENT|/etc/passwd]]", Fix: "##[error]do not",
				},
				File: `C:\charts\x.yaml`,
			},
			{
				Finding: validation.Finding{
					Check: "duration", Severity: validation.Deny, Path: intervalPath(2), Problem: "duration out of range", Key: "x",
				},
				Kind: "ServiceMonitor", Namespace: "shop", Name: "live",
			},
			{
				Finding: validation.Finding{
					Check: "rate-of-aggregate", Severity: validation.Warn, Path: fieldpath.New("spec", "groups").Index(3).Field("rules").Index(0).Field("expr"),
					Subject: validation.Subject{`record "a:b"`}, Problem: "a rate is taken of a sum", Fix: "take the sum of the rate",
					Excerpt: &validation.Excerpt{Text: "::warning::\n::rate(sum(up))", Start: 12, End: 18},
				},
				Kind: "PrometheusRule", Namespace: "shop", Name: "live",
			},
		},
		Checked: []Object{
			{"./deploy/web monitor.yaml", "ServiceMonitor", "shop", "web"},
			{"./deploy/web monitor.yaml", "ServiceMonitor", "shop", "api"},
			{"rules/a,b:c%20.yaml", "PrometheusRule", "shop", "rules"},
			{"stdin", "Probe", "", "clean"},
			{"", "ServiceMonitor", "shop", "live"},
		},
	}
	r.Summary = Summarize(r.Findings, r.Checked)
	r.Summary.Suppressed = 2
	return r
}

func sharedOptions() Options {
	return Options{
		Version: "v0.3.0", Root: "/srv/repo/", Width: 60,
		Checks: []validation.Info{
			{ID: "duration", Severity: validation.Deny, Doc: validation.Doc{Title: "Prometheus cannot read a duration", Text: "A duration is a number\nand a unit.\n\nWrite `30s`.\n"}},
			{ID: "not-selected", Severity: validation.Warn, Doc: validation.Doc{Title: "No Prometheus selects the object", Text: "It does nothing."}},
			{ID: "expr-cost", Severity: validation.Off, Doc: validation.Doc{Title: "The expression is expensive", Text: "It takes long."}},
		},
		PageOf: func(check string) string {
			if check == "duration" {
				return "https://example.org/checks/duration"
			}
			return ""
		},
	}
}

func written(t *testing.T, name string, r Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, name, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	colored := sharedOptions()
	colored.Color = true
	empty := Report{Summary: Summary{Objects: 12, Files: 1}}
	type golden struct {
		file, format string
		report       Report
		options      Options
	}
	goldens := []golden{{"text-color", "text", sharedReport(), colored}}
	for _, name := range Formats() {
		goldens = append(goldens, golden{name, name, sharedReport(), sharedOptions()}, golden{name + "-empty", name, empty, Options{}})
	}
	for _, g := range goldens {
		t.Run(g.file, func(t *testing.T) {
			file := filepath.Join("testdata", g.file+".golden")
			got := written(t, g.format, g.report, g.options)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestOrderOfFindingsDoesNotMatter(t *testing.T) {
	for _, name := range Formats() {
		r := sharedReport()
		want := written(t, name, r, sharedOptions())
		before := slices.Clone(r.Checked)
		slices.Reverse(r.Findings)
		slices.Reverse(r.Checked)
		if got := written(t, name, r, sharedOptions()); got != want {
			t.Errorf("%s depends on the order:\n%s", name, cmp.Diff(want, got))
		}
		slices.Reverse(r.Checked)
		if diff := cmp.Diff(before, r.Checked); diff != "" {
			t.Errorf("writing %s changed the report of its caller (-want +got):\n%s", name, diff)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	var b bytes.Buffer
	err := Write(&b, "xml", Report{}, Options{})
	if err == nil || !strings.Contains(err.Error(), "checkstyle") || b.Len() > 0 {
		t.Errorf("an unknown format gives %v and %q; want an error that lists the formats", err, b.String())
	}
}

type brokenWriter struct{}

var errBroken = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteError(t *testing.T) {
	for _, name := range Formats() {
		if err := Write(brokenWriter{}, name, sharedReport(), Options{}); !errors.Is(err, errBroken) {
			t.Errorf("%s returns %v, not the error of the writer", name, err)
		}
	}
}

func TestSummary(t *testing.T) {
	for name, c := range map[string]struct {
		summary Summary
		want    string
	}{
		"Many":       {Summary{Objects: 12, Files: 4, Deny: 3, Warn: 2}, "3 denied, 2 warnings in 12 objects (4 files)"},
		"One":        {Summary{Objects: 1, Files: 1, Warn: 1}, "0 denied, 1 warning in 1 object (1 file)"},
		"Live":       {Summary{Objects: 12, Deny: 1}, "1 denied, 0 warnings in 12 objects"},
		"Suppressed": {Summary{Objects: 2, Files: 1, Deny: 1, Suppressed: 4}, "1 denied, 0 warnings in 2 objects (1 file), 4 suppressed"},
		"Nothing":    {Summary{Objects: 12, Files: 1}, "nothing found in 12 objects (1 file)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.summary.sentence(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
