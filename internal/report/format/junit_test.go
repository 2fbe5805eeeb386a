package format

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/validation"
)

func readJUnit(t *testing.T, text string) junitReport {
	t.Helper()
	var got junitReport
	readXML(t, text, &got)
	return got
}

func TestJUnit(t *testing.T) {
	got := readJUnit(t, written(t, "junit", sharedReport(), Options{}))
	type test struct {
		Name     string
		Line     int
		Failures int
		Warnings bool
	}
	suites := map[string][]test{}
	tests, failed := 0, 0
	for _, s := range got.Suites {
		if s.Tests != len(s.Cases) {
			t.Errorf("suite %q says that it has %d tests, and has %d", s.Name, s.Tests, len(s.Cases))
		}
		tests += s.Tests
		failed += s.Failures
		for _, c := range s.Cases {
			suites[s.Name] = append(suites[s.Name], test{c.Name, c.Line, len(c.Failures), c.Out != ""})
		}
	}
	if tests != got.Tests || failed != got.Failures {
		t.Errorf("the suites have %d tests, %d of which failed; their sum is %d and %d", tests, failed, got.Tests, got.Failures)
	}
	want := map[string][]test{
		"./deploy/web monitor.yaml":   {{Name: "ServiceMonitor shop/api"}, {"ServiceMonitor shop/web", 12, 2, true}},
		"rules/a,b:c%20.yaml":         {{"PrometheusRule shop/rules", 7, 1, false}},
		"stdin":                       {{Name: "Probe clean"}},
		"cluster":                     {{"PrometheusRule shop/live", 0, 0, true}, {"ServiceMonitor shop/live", 0, 1, false}},
		"::stop-commands::x [2J.yaml": {{"PrometheusRule  ]0;title", 1, 1, false}},
		`C:\charts\x.yaml`:            {{`C:\charts\x.yaml`, 0, 0, true}},
	}
	if diff := cmp.Diff(want, suites); diff != "" {
		t.Errorf("the suites differ (-want +got):\n%s", diff)
	}
}

// TestJUnitFirstFailure holds that a reader that shows only the first failure of a test shows all.
func TestJUnitFirstFailure(t *testing.T) {
	var r Report
	for _, problem := range []string{"first", "second", "third"} {
		r.Findings = append(r.Findings, Located{Name: "a", Finding: validation.Finding{Check: "x", Severity: validation.Deny, Problem: problem}})
	}
	failures := readJUnit(t, written(t, "junit", r, Options{})).Suites[0].Cases[0].Failures
	for i, l := range r.Findings {
		problem := l.Finding.Problem
		if failures[i].Message != problem || !strings.Contains(failures[i].Text, problem) || !strings.Contains(failures[0].Text, problem) {
			t.Errorf("failure %d is %q, and the first one has the text\n%s", i, failures[i].Message, failures[0].Text)
		}
	}
	if strings.Contains(failures[1].Text, "third") {
		t.Errorf("the second failure has the text of the third:\n%s", failures[1].Text)
	}
}

// TestJUnitWarnings holds that all warnings of a test are in one element.
func TestJUnitWarnings(t *testing.T) {
	r := Report{Findings: []Located{
		{Name: "a", Finding: validation.Finding{Check: "x", Severity: validation.Warn, Problem: "first"}},
		{Name: "a", Finding: validation.Finding{Check: "x", Severity: validation.Warn, Problem: "second"}},
	}}
	text := written(t, "junit", r, Options{})
	if strings.Count(text, "<system-out>") != 1 || !strings.Contains(text, "first") || !strings.Contains(text, "second") {
		t.Errorf("want one element with both warnings:\n%s", text)
	}
	if got := readJUnit(t, text); got.Failures != 0 {
		t.Errorf("warnings make %d tests fail", got.Failures)
	}
}

// TestJUnitReaders holds what some readers stumble over.
func TestJUnitReaders(t *testing.T) {
	for _, s := range readJUnit(t, written(t, "junit", sharedReport(), Options{})).Suites {
		for _, c := range s.Cases {
			for _, f := range c.Failures {
				if !strings.HasPrefix(f.Type, "promgate.") {
					t.Errorf("GitLab casts the text to the type %q, if it knows it", f.Type)
				}
				if f.Text == "" {
					t.Error("GitLab shows nothing but the text")
				}
			}
			if strings.Contains(c.Out, "[[ATTACHMENT|") {
				t.Errorf("a reader attaches a file for %q", c.Out)
			}
		}
	}
}
