package notification

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/config"
	amcommoncfg "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/labelset"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/alertmanager/provider"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

// TestTexts compares what is said of texts with Alertmanager's own notifications of a firing alert.
func TestTexts(t *testing.T) {
	directory := t.TempDir()
	const file = `{{ define "team.title" }}{{ .Status }}{{ end }}`
	if err := os.WriteFile(filepath.Join(directory, "team.tmpl"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	theirs, err := template.FromGlobs([]string{filepath.Join(directory, "*.tmpl")})
	if err != nil {
		t.Fatal(err)
	}
	theirs.ExternalURL = &url.URL{Scheme: "http", Host: "localhost"}
	firing := alert.New(model.Alert{Labels: model.LabelSet{"alertname": "Down", "job": "a"}, Annotations: model.LabelSet{"summary": "b"}, StartsAt: time.Now()}, time.Now(), false)
	data := theirs.Data("chat", model.LabelSet{"job": "a"}, nil, "", firing)
	names := definedIn(&validation.Templates{Complete: true, Files: []validation.TemplateFile{{Path: "/etc/team.tmpl", Content: file}}})
	for _, c := range []struct {
		text  string
		fails bool
	}{
		{"plain", false},
		{"{{ .Status | toUpper }} {{ .Receiver }} {{ .ExternalURL }}", false},
		{"{{ .Status", true},
		{"{{ if .Status }}", true},
		{"{{ .Status }", true},
		{"{{ end }}", true},
		{"{{ $x }}", true},
		{"{{ $x := .Status }}{{ $x }}{{ $x.y }}", true}, // not said: see below
		{"{{ .CommonLabels.job }}{{ .CommonLabels.missing }}{{ .GroupLabels.SortedPairs.Values | join \",\" }}", false},
		{"{{ .Labels.job }}", true},
		{"{{ .labels }}", true},
		{"{{ .Annotations.summary }}", true},
		{"{{ range .Alerts }}{{ .Labels.job }}{{ .Annotations.summary }}{{ .StartsAt.Unix }}{{ .GeneratorURL }}{{ end }}", false},
		{"{{ range .Alerts }}{{ .CommonLabels.job }}{{ end }}", true},
		{"{{ range .Alerts.Firing }}{{ $.CommonLabels.job }}{{ .job }}{{ end }}", true},
		{"{{ range $i, $a := .Alerts }}{{ $a.Labels.job }}{{ $i }}{{ end }}", false},
		{"{{ range .Alerts }}{{ range .Labels.SortedPairs }}{{ .Name }}{{ .Value }}{{ end }}{{ end }}", false},
		{"{{ range .Alerts }}{{ range .Labels.SortedPairs }}{{ .Key }}{{ end }}{{ end }}", true},
		{"{{ range $k, $v := .CommonLabels }}{{ . }}{{ end }}", false},
		{"{{ with .CommonLabels }}{{ .job }}{{ .other }}{{ end }}", false},
		{"{{ with index .Alerts 0 }}{{ .Labels.job }}{{ end }}", false},
		{"{{ (index .Alerts 0).Labels.job }}", false},
		{"{{ len .Alerts.Firing }}{{ .Alerts.Firing | len }}", false},
		{"{{ .Alerts.Pending }}", true},
		{"{{ template \"team.title\" . }}{{ template \"slack.default.title\" . }}", false},
		{"{{ template \"team.text\" . }}", true},
		{"{{ define \"mine\" }}{{ .x }}{{ end }}{{ template \"mine\" .CommonLabels }}", false},
		{"{{ template \"team.tmpl\" . }}", false},
		{"{{ .Status | humanize }}", true},
		{"{{ .CommonLabels.job | reReplaceAll \"a\" \"b\" | title }}{{ (now).Year }}{{ toJson .CommonLabels }}", false},
		{"{{ break }}", true},
		{"{{ range .Alerts }}{{ break }}{{ end }}", false},
		{"{{ .Values.x }}", true},
		{"{{ .CommonLabels.Remove (stringSlice \"job\") }}", false},
	} {
		_, err := theirs.ExecuteTextString(c.text, data)
		_, htmlErr := theirs.ExecuteHTMLString(c.text, data)
		if (err != nil) != c.fails || (htmlErr != nil) != c.fails {
			t.Errorf("%s: Alertmanager fails with %v, and as HTML with %v", c.text, err, htmlErr)
		}
		problem, _ := textProblem(c.text, names)
		if problem != "" && err == nil {
			t.Errorf("%s: promgate says %s", c.text, problem)
		}
		if problem == "" && err != nil && !strings.Contains(c.text, "$x.y") { // the types of variables are not followed
			t.Errorf("%s: promgate says nothing, Alertmanager %v", c.text, err)
		}
	}
}

// TestDirectoryAsFile: Alertmanager refuses a pattern that matches a directory, as ..data is in each mounted Secret.
func TestDirectoryAsFile(t *testing.T) {
	directory := t.TempDir()
	if err := os.Mkdir(filepath.Join(directory, "..data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := template.FromGlobs([]string{filepath.Join(directory, "*")}); err == nil {
		t.Error("it reads *")
	}
	if _, err := template.FromGlobs([]string{filepath.Join(directory, "*.tmpl")}); err != nil {
		t.Error(err)
	}
}

var (
	labelNames = []string{"a", "b"}
	values     = []string{"", "x", "y"}
)

func randomMatchers(rnd *rand.Rand, most int) labels.Matchers {
	var all labels.Matchers
	for range rnd.IntN(most + 1) {
		value := values[rnd.IntN(len(values))]
		kind := []labels.MatchType{labels.MatchEqual, labels.MatchEqual, labels.MatchNotEqual, labels.MatchRegexp, labels.MatchNotRegexp}[rnd.IntN(5)]
		if kind == labels.MatchRegexp || kind == labels.MatchNotRegexp {
			value = []string{".*", "x|y", ".+"}[rnd.IntN(3)]
		}
		m, err := labels.NewMatcher(kind, labelNames[rnd.IntN(len(labelNames))], value)
		if err != nil {
			panic(err)
		}
		all = append(all, m)
	}
	return all
}

// allAlerts are all alerts with the names and values above.
func allAlerts() []model.LabelSet {
	var all []model.LabelSet
	for _, a := range append(slices.Clone(values), "z") {
		for _, b := range append(slices.Clone(values), "z") {
			set := model.LabelSet{"alertname": "Down"}
			if a != "" {
				set["a"] = model.LabelValue(a)
			}
			if b != "" {
				set["b"] = model.LabelValue(b)
			}
			all = append(all, set)
		}
	}
	return all
}

// TestRoutesByChance: no alert gets to a route that is said to be unreachable, by Alertmanager's own routing.
func TestRoutesByChance(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 2000 {
		written, read := randomRoute(rnd, 0, validation.Place{})
		written.Matchers, read.Matchers = nil, nil
		reached := map[string]bool{}
		tree := dispatch.NewRoute(written, nil)
		for _, a := range allAlerts() {
			for _, r := range tree.Match(a) {
				reached[r.RouteOpts.Receiver] = true
			}
		}
		for _, f := range RouteUnreachable.Run(&Config{Route: read}, validation.Snapshot{}) {
			found++
			if reached[f.Path.String()] {
				t.Errorf("%s is reached: %s", f.Path, f.Problem)
			}
		}
	}
	if found < 500 {
		t.Errorf("only %d findings", found)
	}
}

// randomRoute returns a route whose receiver is its own place.
func randomRoute(rnd *rand.Rand, depth int, p validation.Place) (*config.Route, *Route) {
	read := &Route{Place: p, Matchers: randomMatchers(rnd, 2), Continue: rnd.IntN(4) == 0}
	written := &config.Route{Receiver: p.Path.String(), Matchers: amcommoncfg.Matchers(read.Matchers), Continue: read.Continue}
	for i := range rnd.IntN(4 - depth) {
		w, r := randomRoute(rnd, depth+1, p.At("routes").Index(i))
		written.Routes, read.Routes = append(written.Routes, w), append(read.Routes, r)
	}
	return written, read
}

// TestInhibitByChance: a rule that is said to inhibit nothing inhibits no alert, by Alertmanager's own inhibitor.
func TestInhibitByChance(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 1000 {
		written := amcommoncfg.InhibitRule{SourceMatchers: amcommoncfg.Matchers(randomMatchers(rnd, 2)), TargetMatchers: amcommoncfg.Matchers(randomMatchers(rnd, 2))}
		for _, name := range labelNames {
			if rnd.IntN(3) == 0 {
				written.Equal = append(written.Equal, name)
			}
		}
		read := InhibitRule{Source: labels.Matchers(written.SourceMatchers), Target: labels.Matchers(written.TargetMatchers), Equal: written.Equal}
		problem, _ := read.inert(nil)
		if problem == "" {
			continue
		}
		found++
		if inhibited := inhibits(t, written); inhibited != "" {
			t.Errorf("%s inhibits %s: %s", fmt.Sprint(written), inhibited, problem)
		}
	}
	if found < 50 {
		t.Errorf("only %d findings", found)
	}
	usual := amcommoncfg.InhibitRule{SourceMatchers: matchers(t, `a="x"`), TargetMatchers: matchers(t, `a="y"`), Equal: []string{"b"}}
	if inhibits(t, usual) == "" {
		t.Error("the test cannot fail")
	}
}

func matchers(t *testing.T, text string) amcommoncfg.Matchers {
	t.Helper()
	all, err := labels.ParseMatchers(text)
	if err != nil {
		t.Fatal(err)
	}
	return amcommoncfg.Matchers(all)
}

// inhibits returns an alert that a rule inhibits while all alerts fire, or "".
func inhibits(t *testing.T, rule amcommoncfg.InhibitRule) string {
	t.Helper()
	var alerts firingAlerts
	for _, set := range allAlerts() {
		alerts.all = append(alerts.all, alert.New(model.Alert{Labels: set, StartsAt: time.Now().Add(-time.Minute), EndsAt: time.Now().Add(time.Hour)}, time.Now(), false))
	}
	i := inhibit.NewInhibitor(alerts, []amcommoncfg.InhibitRule{rule}, slog.New(slog.DiscardHandler), eventrecorder.NopRecorder())
	go i.Run()
	i.WaitForLoading()
	defer i.Stop()
	for _, set := range allAlerts() {
		if i.Mutes(t.Context(), labelset.New(set, set.Fingerprint())) {
			return set.String()
		}
	}
	return ""
}

// firingAlerts are the alerts that an inhibitor sees.
type firingAlerts struct {
	provider.Alerts

	all []*alert.Alert
}

func (f firingAlerts) SlurpAndSubscribe(string) ([]*alert.Alert, provider.AlertIterator) {
	return f.all, provider.NewAlertIterator(make(chan *provider.Alert), make(chan struct{}), nil)
}
