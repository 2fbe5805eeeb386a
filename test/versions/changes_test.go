package versions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/upgrade"
	"github.com/promgate/promgate/validation"
)

// The releases before and after most of the changes that package upgrade knows about.
const before3, since3 Release = "v0.55.0", "v0.300.0"

func startServers(t *testing.T) (before, after *Server) {
	t.Helper()
	var servers [2]*Server
	for i, r := range []Release{before3, since3} {
		s, err := StartServer(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		servers[i] = s
	}
	return servers[0], servers[1]
}

// every returns a series with a sample every so many seconds from 0 up to a time.
func every(seconds, until int, labels ...string) Series {
	s := Series{Labels: map[string]string{"__name__": "a:b"}}
	for i := 0; i+1 < len(labels); i += 2 {
		s.Labels[labels[i]] = labels[i+1]
	}
	for at := 0; at <= until; at += seconds {
		s.Samples = append(s.Samples, [2]float64{float64(at) * 1000, float64(at)})
	}
	return s
}

// TestChangesOfExpressions: where the two releases evaluate an expression differently, the checks of package upgrade
// find it, and nothing where they do not. A rule records its sample at the time of the evaluation of its group
// (v0.300.0, rules/group.go, Eval): the samples of a recorded metric are exactly an interval apart, and the last one is of
// this evaluation, or of the one before for a rule that is earlier in the group.
func TestChangesOfExpressions(t *testing.T) {
	before, after := startServers(t)
	for name, c := range map[string]struct {
		expr    string
		earlier bool // the rule comes before the one that records a:b
		at      int  // in seconds
		series  []Series
		want    string // the check
	}{
		"RateOfRecorded":      {expr: "rate(a:b[1m])", want: "range-left-open"},
		"RateOfTwo":           {expr: "rate(a:b[2m]) > bool 0"},
		"RateOfTwoEarlier":    {expr: "rate(a:b[2m]) > bool 0", earlier: true, want: "range-left-open"},
		"AverageOfOne":        {expr: "count(avg_over_time(a:b[1m]))"},
		"AverageOfOneEarlier": {expr: "count(avg_over_time(a:b[1m]))", earlier: true, want: "range-left-open"},
		"Changes":             {expr: "changes(a:b[1m])", want: "range-left-open"},
		"Deviation":           {expr: "stddev_over_time(a:b[1m])", want: "range-left-open"},
		"Deltas":              {expr: "delta(a:b[1m]) or idelta(a:b[1m]) or irate(a:b[1m]) or deriv(a:b[1m])", want: "range-left-open"},
		"Count":               {expr: "count_over_time(a:b[5m])", want: "range-left-open"},
		"CountUnaligned":      {expr: "count_over_time(a:b[90s])"},
		"Absent":              {expr: "absent_over_time(a:b[3m])"},
		"AbsentEarlier":       {expr: "absent_over_time(a:b[1m])", earlier: true, want: "range-left-open"},
		"Subquery":            {expr: "rate(c[1m:1m])", series: []Series{every(15, 600, "__name__", "c")}, want: "range-left-open"},
		"SubqueryOfTwo":       {expr: "rate(c[2m:1m]) > bool 0", series: []Series{every(15, 600, "__name__", "c")}},
		"Scraped":             {expr: "rate(c[30s])", series: []Series{every(30, 600, "__name__", "c")}, want: "range-left-open"},
		"ScrapedLonger":       {expr: "rate(c[1m]) > bool 0", series: []Series{every(30, 600, "__name__", "c")}},
		"Dot":                 {expr: `c{l=~"x.y"}`, series: []Series{every(30, 600, "__name__", "c", "l", "x\ny")}, want: "regex-newline"},
		"DotNot":              {expr: `c{l!~"x.y"}`, series: []Series{every(30, 600, "__name__", "c", "l", "x\ny")}, want: "regex-newline"},
		"NoDot":               {expr: `c{l=~"x[^\n]y|x\\.y"}`, series: []Series{every(30, 600, "__name__", "c", "l", "x\ny")}},
		"LabelReplace":        {expr: `label_replace(c, "m", "$1", "l", "x.(y)")`, series: []Series{every(30, 600, "__name__", "c", "l", "x\ny")}, want: "regex-newline"},
	} {
		t.Run(name, func(t *testing.T) {
			until := 600
			if c.earlier {
				until = 540
			}
			series := append(slices.Clone(c.series), every(60, until))
			old, err := before.Eval(c.expr, 600_000, series...)
			if err != nil || old.Error != "" {
				t.Fatal(err, old.Error)
			}
			current, err := after.Eval(c.expr, 600_000, series...)
			if err != nil || current.Error != "" {
				t.Fatal(err, current.Error)
			}
			found := foundIn(t, c.expr, c.earlier)
			if differs := !slices.Equal(old.Result, current.Result); differs != (c.want != "") {
				t.Errorf("%s: %s gives %q, and %s gives %q", c.expr, before.Release, old.Result, after.Release, current.Result)
			}
			if strings.Join(found, " ") != c.want {
				t.Errorf("%s: found %q, want %q", c.expr, found, c.want)
			}
		})
	}
}

// foundIn returns the checks that find something in an expression of a group that also records a:b, with an interval of
// 1m, when 2.55 is upgraded to 3.0.
func foundIn(t *testing.T, expr string, earlier bool) []string {
	t.Helper()
	interval := monitoringv1.Duration("1m")
	rules := []monitoringv1.Rule{{Record: "a:b", Expr: intstr.FromString("vector(1)")}, {Record: "a:d", Expr: intstr.FromString(expr)}}
	if earlier {
		slices.Reverse(rules)
	}
	object := &monitoringv1.PrometheusRule{Spec: monitoringv1.PrometheusRuleSpec{Groups: []monitoringv1.RuleGroup{{Name: "a", Interval: &interval, Rules: rules}}}}
	return changesOf(t, object, "PrometheusRule")
}

// changesOf returns the checks that find something in an object when 2.55 is upgraded to 3.0, each once.
func changesOf(t *testing.T, object any, kind string) []string {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	gate, err := NewGate("2.55.0", nil, validation.NewMemo(validation.RunMemory, nil))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, k := range upgrade.Kinds(semver.MustParse("3.0.0")) {
		if k.Kind != kind {
			continue
		}
		found, err := k.Run(t.Context(), raw, gate.seen, func(c validation.Info) validation.Severity { return c.Severity })
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			ids = append(ids, f.Check)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// scrapeOf is a configuration with one target.
func scrapeOf(target, more string) string {
	return fmt.Sprintf("global: {scrape_interval: 100ms, scrape_timeout: 100ms}\nscrape_configs:\n- job_name: a\n  static_configs: [{targets: [%q]}]\n%s", target, more)
}

// TestChangesOfScrapes: what the check bucket-label says of label values, default-port of targets, content-type and
// utf8-scraped of scrapes, and regex-newline of relabelings.
func TestChangesOfScrapes(t *testing.T) {
	before, after := startServers(t)
	const text = "text/plain; version=0.0.4"
	histogram := "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"2.5\"} 1\nh_bucket{le=\"10\"} 1\nh_bucket{le=\"1e3\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns{quantile=\"1\"} 1\ns_sum 1\ns_count 1\n"
	dropped := "  metric_relabel_configs: [{action: drop, source_labels: [l], regex: x.y}]\n"
	health := func(r Reaction) string { return r.Health }
	stored := func(text string) func(Reaction) string {
		return func(r Reaction) string {
			return fmt.Sprint(slices.ContainsFunc(r.Result, func(s string) bool { return strings.Contains(s, text) }))
		}
	}
	for name, c := range map[string]struct {
		target, more string
		exposition   Exposition
		of           func(Reaction) string
		old, current string
	}{
		"Le":            {exposition: Exposition{text, histogram}, of: stored(`le="1"`), old: "true", current: "false"},
		"LeFloat":       {exposition: Exposition{text, histogram}, of: stored(`le="1.0"`), old: "false", current: "true"},
		"LeTen":         {exposition: Exposition{text, histogram}, of: stored(`le="10.0"`), old: "false", current: "true"},
		"LeExponent":    {exposition: Exposition{text, histogram}, of: stored(`le="1000.0"`), old: "false", current: "true"},
		"LeFraction":    {exposition: Exposition{text, histogram}, of: stored(`le="2.5"`), old: "true", current: "true"},
		"LeInfinite":    {exposition: Exposition{text, histogram}, of: stored(`le="+Inf"`), old: "true", current: "true"},
		"Quantile":      {exposition: Exposition{text, histogram}, of: stored(`quantile="1.0"`), old: "false", current: "true"},
		"Port":          {target: "example.org", exposition: Exposition{text, "a 1\n"}, of: stored(`instance="example.org:80"`), old: "true", current: "false"},
		"PortKept":      {exposition: Exposition{text, "a 1\n"}, of: stored(`instance="example.org:80"`), old: "true", current: "true"},
		"NoContentType": {exposition: Exposition{"", "a 1\n"}, of: func(r Reaction) string { return r.Health[:2] }, old: "up", current: "do"},
		"OtherType":     {exposition: Exposition{"application/x-other", "a 1\n"}, of: func(r Reaction) string { return r.Health[:2] }, old: "up", current: "do"},
		"ContentType":   {exposition: Exposition{text, "a 1\n"}, of: health, old: "up", current: "up"},
		"UTF8":          {exposition: Exposition{text, "a 1\n"}, of: func(r Reaction) string { return fmt.Sprint(strings.Contains(r.Accept, "allow-utf-8")) }, old: "false", current: "true"},
		"Relabeling":    {more: dropped, exposition: Exposition{text, "a{l=\"x\\ny\"} 1\n"}, of: stored(`__name__="a"`), old: "true", current: "false"},
	} {
		t.Run(name, func(t *testing.T) {
			target := c.target
			if target == "" {
				target = "example.org:80"
			}
			for server, want := range map[*Server]string{before: c.old, after: c.current} {
				r, err := server.Scrape(scrapeOf(target, c.more), c.exposition)
				if err != nil || r.Error != "" {
					t.Fatal(err, r.Error)
				}
				if got := c.of(r); got != want {
					t.Errorf("%s: got %q, want %q of %+v", server.Release, got, want, r)
				}
			}
		})
	}
}

// TestChangesOfConfigurations: what the checks external-label-expanded, alertmanager-v1 and remote-write-http2 say.
func TestChangesOfConfigurations(t *testing.T) {
	before, after := startServers(t)
	for name, c := range map[string]struct {
		config       string
		old, current string // a part of the loaded configuration, or of the error
	}{
		"ExternalLabel":  {config: "global: {external_labels: {a: x$PROMGATE_UNSET}}", old: "a: x$PROMGATE_UNSET", current: "a: x\n"},
		"Dollars":        {config: "global: {external_labels: {a: x$$y}}", old: "a: x$$y", current: "a: x$y"},
		"Dollar":         {config: "global: {external_labels: {a: x$, b: x$.y}}", old: "a: x$\n    b: x$.y", current: "a: x$\n    b: x$.y"},
		"AlertmanagerV1": {config: "alerting: {alertmanagers: [{api_version: v1, static_configs: [{targets: [a:1]}]}]}", old: "api_version: v1", current: "expected Alertmanager api version"},
		"AlertmanagerV2": {config: "alerting: {alertmanagers: [{static_configs: [{targets: [a:1]}]}]}", old: "api_version: v2", current: "api_version: v2"},
		"HTTP2":          {config: "remote_write: [{url: 'https://example.org/write'}]", old: "enable_http2: true", current: "enable_http2: false"},
	} {
		t.Run(name, func(t *testing.T) {
			for server, want := range map[*Server]string{before: c.old, after: c.current} {
				r, err := server.Load(c.config)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(r.Error+r.Config, want) {
					t.Errorf("%s: %q is not in %q %q", server.Release, want, r.Error, r.Config)
				}
			}
		})
	}
}
