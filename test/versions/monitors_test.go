package versions

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/test/parity"
)

// TestConfigurations compares, for each release, promgate's verdict on objects with what that release's loader says of
// the configuration that they are rendered to: a Prometheus or an agent by itself, and with one monitor.
func TestConfigurations(t *testing.T) {
	fixtures, err := parity.Fixtures()
	if err != nil {
		t.Fatal(err)
	}
	assets, certificates := readSecrets(t, fixtures), t.TempDir()
	parts, n := readParts(t), setting(t, "VERSIONS_REQUESTS", 5)
	prometheuses := parts.withAdditional(t, assets)
	instances, objects := randomObjects(t, fixtures, 8*n, false), parts.monitors(t)
	random := randomObjects(t, fixtures, n, true)
	c := configurationTally{reasons: map[string]int{}, shown: map[string]int{}}
	for _, r := range Releases() {
		t.Run(string(r), func(t *testing.T) {
			l := startLoader(t, r)
			compare := func(r *Rendered, err error) {
				if err != nil {
					t.Fatal(err)
				}
				writeFiles(t, certificates, r.Files)
				c.compare(t, l, r)
			}
			gate := func(kind string, spec any) *MonitorGate {
				g, err := NewMonitorGate(instanceOf(t, l, kind, spec), assets, certificates)
				if err != nil {
					t.Fatal(err)
				}
				return g
			}
			for _, spec := range prometheuses {
				compare(gate("Prometheus", spec).Global())
				compare(gate("PrometheusAgent", spec).Global())
			}
			for _, raw := range instances {
				var object struct {
					Spec json.RawMessage `json:"spec"`
				}
				if err := json.Unmarshal(raw, &object); err != nil {
					t.Fatal(err)
				}
				g, err := NewMonitorGate(instanceOf(t, l, kindOf(t, raw), object.Spec), assets, certificates)
				if err == nil { // else nothing is rendered for it
					compare(g.Global())
				}
			}
			for _, kind := range slices.Sorted(maps.Keys(contexts)) {
				g := gate(strings.Fields(kind)[0], contexts[kind])
				for _, raw := range objects {
					compare(g.Object(t.Context(), withoutUnlinked(t, l, raw)))
				}
			}
			g := gate("Prometheus", contexts["Prometheus"])
			for _, raw := range random {
				compare(g.Object(t.Context(), withoutUnlinked(t, l, raw)))
			}
		})
	}
	t.Logf("%d comparisons: %d refused by the release, %d denied; %d left out by the operator's rules", c.all, c.refused, c.denied, c.rejected)
	for reason, n := range c.reasons {
		t.Logf("%6d %s", n, reason)
	}
	if c.refused < c.all/20 || c.denied > c.all/2 {
		t.Error("too few of one kind to prove anything")
	}
	for _, d := range configurationDisagreements {
		if os.Getenv("VERSIONS") == "" && c.reasons[d.reason] == 0 {
			t.Errorf("no difference has the reason %q any more: remove it", d.reason)
		}
	}
}

// contexts are the Prometheuses whose configurations have the objects.
var contexts = map[string]map[string]any{
	"Prometheus":          {"scrapeClasses": classes},
	"Prometheus legacy":   {"scrapeClasses": classes, "nameValidationScheme": "Legacy"},
	"Prometheus escaping": {"scrapeClasses": classes, "nameEscapingScheme": "AllowUTF8"},
	"Prometheus utf8":     {"scrapeClasses": classes, "enableFeatures": []any{"utf8-names"}},
	"PrometheusAgent":     {"remoteWrite": []any{map[string]any{"url": "http://a"}}},
}

// classes are those that random objects name.
var classes = []any{map[string]any{"name": "class-a"}, map[string]any{"name": "class-b"}, map[string]any{"name": "class-c"}}

// instanceOf returns a Prometheus or an agent of the version of a loader.
func instanceOf(t *testing.T, l *Loader, kind string, spec any) any {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"metadata": map[string]any{"namespace": "monitoring", "name": "main"}, "spec": spec})
	if err != nil {
		t.Fatal(err)
	}
	complete := func(p *monitoringv1.CommonPrometheusFields) {
		p.Version = "v" + l.Version
		if p.ScrapeInterval == "" {
			p.ScrapeInterval = "30s"
		}
	}
	if kind == "PrometheusAgent" {
		p := &monitoringv1alpha1.PrometheusAgent{}
		if err := json.Unmarshal(raw, p); err != nil {
			t.Fatal(err)
		}
		complete(&p.Spec.CommonPrometheusFields)
		return p
	}
	p := &monitoringv1.Prometheus{}
	if err := json.Unmarshal(raw, p); err != nil {
		t.Fatal(err)
	}
	complete(&p.Spec.CommonPrometheusFields)
	if p.Spec.EvaluationInterval == "" {
		p.Spec.EvaluationInterval = "30s"
	}
	return p
}

// A configurationTally counts comparisons.
type configurationTally struct {
	all, refused, denied, rejected int
	reasons, shown                 map[string]int
}

func (c *configurationTally) compare(t *testing.T, l *Loader, r *Rendered) {
	t.Helper()
	if len(r.Rejected) > 0 {
		c.rejected++
		return
	}
	said, err := l.Load(r.Configuration)
	if err != nil {
		t.Fatal(err)
	}
	// A file that the user puts into the container is not here.
	said = slices.DeleteFunc(said, func(s string) bool { return strings.Contains(s, "no such file or directory") })
	c.all++
	if len(said) > 0 {
		c.refused++
	}
	if len(r.Denied) > 0 {
		c.denied++
	}
	if (len(said) > 0) == (len(r.Denied) > 0) {
		return
	}
	if reason := explained(configurationDisagreements, l.Dialect(), len(said) == 0, strings.Join(append(said, r.Denied...), "\n")); reason != "" {
		c.reasons[reason]++
		return
	}
	key := number.ReplaceAllString(strings.Join(append(said, r.Denied...), "; "), "N")
	t.Fail()
	if c.shown[key]++; c.shown[key] > 1 {
		return
	}
	t.Logf("the release says %q, promgate %q", said, r.Denied)
	if os.Getenv("VERSIONS_SHOW") != "" {
		t.Log(r.Text)
	}
}

var number = regexp.MustCompile(`"[^"]*"|\d+`)

// startLoader starts the loader of a release until the test ends. One at a time is enough.
func startLoader(t *testing.T, r Release) *Loader {
	t.Helper()
	l, err := StartLoader(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return l
}
