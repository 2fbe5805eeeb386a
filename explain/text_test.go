package explain_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/explain"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

const hostile = "a\x1b[2Jb\nc\r\u202ed\u009b"

// TestHarmless: whatever users write into names and values, it neither breaks a line nor drives a
// terminal.
func TestHarmless(t *testing.T) {
	x := &explain.Explanation{
		Ref: selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: hostile}, Conclusion: hostile,
		Steps: []explain.Step{
			{ID: "exists", Answer: explain.Yes, Text: hostile, Details: []string{hostile, ""}},
			{ID: "checks", Section: hostile, Answer: explain.No, Text: hostile, Findings: []validation.Finding{
				{Check: "a", Problem: hostile, Fix: hostile, Subject: validation.Subject{hostile}, Excerpt: &validation.Excerpt{Text: hostile, Start: 1, End: 3}},
			}},
		},
	}
	for _, width := range []int{0, 1, 40, 500} {
		var text bytes.Buffer
		if err := explain.WriteText(&text, x, explain.TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text.String()) {
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), report.IsControl) {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
	var object bytes.Buffer
	if err := explain.WriteJSON(&object, x); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Steps []struct {
			Text     string   `json:"text"`
			Details  []string `json:"details"`
			Findings []struct {
				Message string `json:"message"`
				Hint    string `json:"hint"`
				Subject string `json:"subject"`
			} `json:"findings"`
		} `json:"steps"`
	}
	if err := json.Unmarshal(object.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	finding := got.Steps[1].Findings[0]
	for _, text := range []string{got.Steps[0].Text, got.Steps[0].Details[0], finding.Message, finding.Hint, finding.Subject} {
		if strings.ContainsFunc(text, report.IsControl) || !strings.HasPrefix(text, "a [2Jb c") {
			t.Errorf("%q", text)
		}
	}
}

func TestColor(t *testing.T) {
	x := &explain.Explanation{Ref: selection.Ref{Kind: "Probe", Namespace: "a", Name: "b"}, Steps: []explain.Step{{Answer: explain.No, Text: "It is not."}}, Conclusion: "So."}
	var text bytes.Buffer
	if err := explain.WriteText(&text, x, explain.TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	want := "Probe a/b\n\n  \x1b[1;31mno     \x1b[0m  It is not.\n\nSo.\n"
	if got := text.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestKindNamed(t *testing.T) {
	for name, want := range map[string]string{
		"servicemonitor": "ServiceMonitor", "ServiceMonitors": "ServiceMonitor", "smon": "ServiceMonitor",
		"servicemonitors.monitoring.coreos.com": "ServiceMonitor", "servicemonitors.v1.monitoring.coreos.com": "ServiceMonitor",
		"PodMonitor": "PodMonitor", "pmon": "PodMonitor", "probes": "Probe", "prb": "Probe",
		"scrapeconfigs.v1alpha1.monitoring.coreos.com": "ScrapeConfig", "SCFG": "ScrapeConfig",
		"prometheusrules": "PrometheusRule", "promrule": "PrometheusRule",
		"prometheus": "", "service": "", "": "", "s": "", "servicemonitors.example.com": "", "scrapeconfig.v1.monitoring.coreos.com": "",
	} {
		got, err := explain.KindNamed(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
}

// FuzzServer: no answer of a server makes the explanation fail.
func FuzzServer(f *testing.F) {
	for _, answer := range []string{
		"", "null", "[]", `{"status":"error","error":"a"}`, `{"status":"success"}`, `{"status":"success","data":null}`,
		`{"status":"success","data":{"activeTargets":[null],"droppedTargetCounts":{"serviceMonitor/shop/web/0":-1}}}`,
		`{"status":"success","data":{"groups":[{"file":"shop-web-.yaml","rules":[{"health":"err"}]}]}}`,
		`{"status":"success","data":{"reloadConfigSuccess":false}}`,
	} {
		f.Add(answer)
	}
	var cases []*testCase
	for _, name := range []string{"testdata/dropped.txtar", "testdata/rule-fails.txtar"} {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		cases = append(cases, readCase(f, archive))
	}
	f.Fuzz(func(t *testing.T, answer string) {
		for _, c := range cases {
			c.options.API = always(answer)
			x := c.explain(t)
			var text bytes.Buffer
			if err := explain.WriteText(&text, x, explain.TextOptions{}); err != nil || x.Conclusion == "" {
				t.Error("no conclusion", err)
			}
		}
	})
}

// always is a server that has one answer.
type always string

func (a always) Get(context.Context, explain.Server, string, url.Values) ([]byte, error) {
	return []byte(a), nil
}
