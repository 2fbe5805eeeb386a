package upgrade

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/validation"
)

func located(file, check, key string, severity validation.Severity, line int) format.Located {
	return format.Located{
		File: file, Kind: "PrometheusRule", Namespace: "shop", Name: "rules", Start: format.Position{Line: line, Column: 3},
		Finding: validation.Finding{Check: check, Key: key, Severity: severity, Problem: "p"},
	}
}

func TestNew(t *testing.T) {
	deny, warn := validation.Deny, validation.Warn
	before := format.Report{Findings: []format.Located{
		located("a", "expr-version", "x", warn, 1), located("a", "expr-type", "x", deny, 1), located("a", "duration", "x", deny, 2),
	}}
	for name, c := range map[string]struct {
		after []format.Located
		want  string
		note  string
	}{
		"Same":    {after: before.Findings, note: "not shown: 3 findings that are there already; promgate lint or promgate audit shows them"},
		"Rises":   {after: []format.Located{located("a", "expr-version", "x", deny, 1)}, want: "a expr-version x deny"},
		"Falls":   {after: []format.Located{located("a", "expr-type", "x", warn, 1)}, note: "not shown: a finding that is there already; promgate lint or promgate audit shows it"},
		"Twice":   {after: []format.Located{located("a", "duration", "x", deny, 2), located("a", "duration", "x", deny, 9)}, want: "a duration x deny", note: "not shown: a finding that is there already; promgate lint or promgate audit shows it"},
		"Moved":   {after: []format.Located{located("a", "duration", "x", deny, 7)}, note: "not shown: a finding that is there already; promgate lint or promgate audit shows it"},
		"Other":   {after: []format.Located{located("b", "duration", "x", deny, 2)}, want: "b duration x deny"},
		"Nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			r := New(before, format.Report{Findings: c.after})
			var got []string
			for _, l := range r.Findings {
				got = append(got, fmt.Sprintf("%s %s %s %s", l.File, l.Finding.Check, l.Finding.Key, l.Finding.Severity))
			}
			if strings.Join(got, "\n") != c.want || r.Summary.Note != c.note || r.Summary.Deny != len(got) {
				t.Errorf("got %q, %+v; want %q, %q", got, r.Summary, c.want, c.note)
			}
		})
	}
}

// TestMerge: what other checks find in the same run is left out, and a check is summed up by kind.
func TestMerge(t *testing.T) {
	warn := validation.Warn
	monitor := located("m", regexNewlineID, "x", warn, 1)
	monitor.Kind, monitor.File = "ServiceMonitor", ""
	changes := format.Report{Findings: []format.Located{
		located("a", "suppression-invalid", "x", validation.Deny, 1), located("b", regexNewlineID, "x", warn, 2), located("a", regexNewlineID, "y", warn, 3), monitor,
	}}
	for i := range 9 {
		changes.Findings = append(changes.Findings, located("c", regexNewlineID, "z", warn, 10+i))
	}
	r := Merge(format.Report{Findings: []format.Located{located("a", "duration", "x", validation.Deny, 2)}, Summary: format.Summary{Note: "n", Suppressed: 2}}, changes)
	var got []string
	for _, l := range r.Findings {
		got = append(got, fmt.Sprintf("%s %s:%d %s: %s", l.Kind, l.File, l.Start.Line, l.Finding.Check, l.Finding.Problem))
	}
	want := []string{
		"PrometheusRule a:2 duration: p",
		"PrometheusRule a:3 regex-newline: p, in this and 10 other expressions: b:2:3, c:10:3, c:11:3, c:12:3, and 6 more",
		"ServiceMonitor :1 regex-newline: p",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if s := r.Summary; s.Deny != 1 || s.Warn != 2 || s.Suppressed != 2 || s.Note != "n" {
		t.Errorf("the summary is %+v", s)
	}
}

func TestAsFloat(t *testing.T) {
	for value, want := range map[string]string{
		"1": "1.0", "0": "0.0", "-1": "-1.0", "2.5": "2.5", "1e3": "1000.0", "1e21": "1e+21", "0.1e-5": "1e-06",
		"+Inf": "+Inf", "-Inf": "-Inf", "NaN": "NaN", "": "", "x": "x", "1.0": "1.0", "5.": "5.0",
	} {
		if got := asFloat(value); got != want {
			t.Errorf("asFloat(%q) = %q, want %q", value, got, want)
		}
	}
}
