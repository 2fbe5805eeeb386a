package monitor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/podmonitor"
	"github.com/promgate/promgate/validation/probe"
	"github.com/promgate/promgate/validation/scrapeconfig"
	"github.com/promgate/promgate/validation/servicemonitor"
)

// scrapeDenials are the checks of this package that deny what Prometheus refuses. The other two
// that deny, endpoint-repeated and selector, deny objects that can never work: they have tests of
// their own.
var scrapeDenials = []string{
	"duration", "scrape-timeout", "port-regex", "param-name", "copied-label", "limit-negative",
	"body-size-limit", "scrape-protocol", "name-escaping",
}

const scrapeSamples = 800

// TestScrapeLikeThePrometheus compares the checks with the judge in both directions: they report
// something exactly if Prometheus refuses the object.
func TestScrapeLikeThePrometheus(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	takers := append(knownSnapshots(t), permissiveSnapshot(t))
	refused := 0
	for i := range scrapeSamples {
		kind, object := randomScrape(r)
		raw, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		s := anyOf(r, takers...)
		found := findingsOf(t, kind, raw, s, scrapeDenials...)
		verdict := s.Judge.Object(object)
		if len(verdict.Refused) > 0 {
			refused++
		}
		if (len(found) > 0) != (len(verdict.Refused) > 0) {
			t.Fatalf("for %s %s %s\n%s\nthe checks say %s\nthe judge says %s",
				s.Prometheus.Name, s.Prometheus.Version, s.Prometheus.ScrapeInterval, raw, linesOf(found), linesOf(verdict.Refused))
		}
		if i%8 != 0 {
			continue // the judge is slow
		}
		// After a single mistake the judge has nothing to add. With several mistakes it may remove
		// one and blame the other half of a pair. If an interval is broken, it compares the timeout
		// with another interval.
		rest := slices.DeleteFunc(findingsOf(t, kind, raw, s, "configuration"), func(f validation.Finding) bool {
			return !f.Covered.IsZero() || len(found) > 1 || strings.Contains(f.Problem, "timeout greater than") && found[0].Check == "duration"
		})
		if len(rest) > 0 {
			t.Fatalf("%s\nis left to the judge: %s\nbeside %s", raw, linesOf(rest), linesOf(found))
		}
	}
	t.Logf("%d of %d are refused", refused, scrapeSamples)
	if refused < scrapeSamples/6 || refused > scrapeSamples*5/6 {
		t.Errorf("%d of %d are refused, which proves little", refused, scrapeSamples)
	}
}

// TestSelectorLikeTheOperator: an object that the operator leaves out because of its selector is
// denied, and no other object is.
func TestSelectorLikeTheOperator(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	s := permissiveSnapshot(t)
	for range 500 {
		m := &monitoringv1.ServiceMonitor{}
		m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}}
		m.Spec.Selector = randomSelector(r)
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		found := findingsOf(t, servicemonitor.Kind(), raw, s, "selector")
		verdict := s.Judge.Object(m)
		if (len(found) > 0) != (len(verdict.LeftOut) > 0) || len(verdict.Refused) > 0 {
			t.Fatalf("%s\nthe check says %s\nthe judge says %s", raw, linesOf(found), linesOf(append(verdict.LeftOut, verdict.Refused...)))
		}
	}
}

func permissiveSnapshot(t *testing.T) validation.Snapshot {
	t.Helper()
	j, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	return j.Snapshot()
}

// knownSnapshots returns snapshots of Prometheus objects that differ in everything that the checks
// read.
func knownSnapshots(t *testing.T) []validation.Snapshot {
	t.Helper()
	legacy := monitoringv1.LegacyNameValidationScheme
	var all []validation.Snapshot
	for i, spec := range []monitoringv1.CommonPrometheusFields{
		{Version: "v2.20.0", ScrapeInterval: "30s"},
		{Version: "v2.27.1", ScrapeInterval: "1m"},
		{Version: "v2.46.0", ScrapeInterval: "10s"},
		{Version: "v2.49.0", ScrapeInterval: "0s"},
		{Version: "v2.55.1", ScrapeInterval: "30s"},
		{Version: "v3.0.0", ScrapeInterval: "1h"},
		{Version: "v3.3.1", ScrapeInterval: "30s", NameValidationScheme: &legacy},
		{Version: "v3.5.0", ScrapeInterval: "0", NameValidationScheme: &legacy},
		{Version: "v3.9.0", ScrapeInterval: "15s"},
		{
			Version: "v2.44.0", ScrapeInterval: "15s", EnforcedSampleLimit: new(int64(10)), EnforcedLabelLimit: new(int64(0)), EnforcedKeepDroppedTargets: new(int64(10)),
			EnforcedTargetLimit: new(int64(5)), EnforcedBodySizeLimit: "1MB", EnforcedLabelNameLengthLimit: new(int64(10)),
		},
		{Version: "v3.9.0", ScrapeInterval: "15s", EnforcedSampleLimit: new(int64(10)), EnforcedBodySizeLimit: "1MB"},
	} {
		p := &monitoringv1.Prometheus{}
		p.Namespace, p.Name = "monitoring", fmt.Sprintf("p%d", i)
		p.Spec.CommonPrometheusFields, p.Spec.EvaluationInterval = spec, "30s"
		g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, judge.New(g, g.Global()).Snapshot())
	}
	return all
}

func findingsOf(t *testing.T, kind validation.Kind, raw []byte, s validation.Snapshot, ids ...string) []validation.Finding {
	t.Helper()
	found, err := kind.Run(context.Background(), raw, s, func(c validation.Info) validation.Severity {
		if slices.Contains(ids, c.ID) {
			return c.Severity
		}
		return validation.Off
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func linesOf(found []validation.Finding) string {
	if len(found) == 0 {
		return "nothing"
	}
	var b strings.Builder
	for _, f := range found {
		b.WriteString("\n  " + report.Line(f, report.Limits{}))
	}
	return b.String()
}

func anyOf[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// seldom returns an edge value now and then, so that most objects have few of them.
func seldom[T any](r *rand.Rand, usual T, edges ...T) T {
	if r.IntN(12) > 0 {
		return usual
	}
	return anyOf(r, edges...)
}

func someOf[T any](r *rand.Rand, atMost int, from ...T) []T {
	var list []T
	for range r.IntN(atMost + 1) {
		list = append(list, anyOf(r, from...))
	}
	return list
}

func randomScrape(r *rand.Rand) (validation.Kind, any) {
	switch r.IntN(4) {
	case 0:
		return servicemonitor.Kind(), randomServiceMonitor(r)
	case 1:
		return podmonitor.Kind(), randomPodMonitor(r)
	case 2:
		return probe.Kind(), randomProbe(r)
	}
	return scrapeconfig.Kind(), randomScrapeConfig(r)
}

var edgeDurations = []monitoringv1.Duration{
	"", "0", "0s", "0ms", "1ms", "500ms", "10s", "15s", "29s999ms", "30s", "30s1ms", "1m", "60s", "61s", "1h", "1h1s", "1d", "200y",
}

var brokenDurations = []monitoringv1.Duration{"300y", "293y", "10", "1s1m", "-1s", " 1s", "1.5s", "1S", "٣s", "99999999999999999999s"}

func randomDuration(r *rand.Rand) monitoringv1.Duration {
	return seldom(r, anyOf(r, edgeDurations...), brokenDurations...)
}

var (
	edgePorts   = []string{"", "web", "8080", "http|https", ".*", "日本", "a b", "\u0000", "$1", "${", "<<", "Null"}
	brokenPorts = []string{"http(", "a**", "[", "(?P<", "\\", "a{1001}", "(?<n>a)(?<n>b)"}
	edgeParams  = []string{"match[]", "", "a", "<", "<<<", "null", "~", "a b", "é", "\u0000", "- ", ": ", "*a", "&a", "!x", "="}
	edgeLabels  = []string{"app", "app.kubernetes.io/name", "1st", "9", "_", "é", "a b", "$1", "__name__", "-", "null"}
	namesOfNS   = []string{"", "shop", "$(x)", "<<", "*"}
)

func randomParams(r *rand.Rand) map[string][]string {
	if r.IntN(2) == 0 {
		return nil
	}
	all := map[string][]string{}
	for range r.IntN(3) {
		all[seldom(r, anyOf(r, edgeParams...), "<<")] = someOf(r, 2, "up", "", "<<", "~", "1")
	}
	return all
}
