package judge_test

import (
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
)

// youngMonitor has fields that came with different versions, one of them in each endpoint.
const youngMonitor = `
metadata: {name: web, namespace: shop}
spec:
  selector: {}
  scrapeNativeHistograms: true
  endpoints:
  - {port: web, noProxy: localhost, proxyUrl: "http://proxy"}
  - {port: admin, tlsConfig: {minVersion: TLS12}}
`

// TestIgnored: fields that the version of the Prometheus does not support are reported once each,
// with both versions.
func TestIgnored(t *testing.T) {
	for version, want := range map[string]string{
		"v2.34.0": `spec.scrapeNativeHistograms: needs Prometheus 3.8.0, and monitoring/main is 2.34.0; the operator omits the field
spec.endpoints[0].noProxy: needs Prometheus 2.43.0, and monitoring/main is 2.34.0; the operator omits the field
spec.endpoints[1].tlsConfig.minVersion: needs Prometheus 2.35.0, and monitoring/main is 2.34.0; the operator omits the field`,
		"v3.7.0": "spec.scrapeNativeHistograms: needs Prometheus 3.8.0, and monitoring/main is 3.7.0; the operator omits the field",
		"v3.8.0": "",
	} {
		t.Run(version, func(t *testing.T) {
			_, j := generator(t, "version: "+version, promconfig.Placeholders{})
			m := &monitoringv1.ServiceMonitor{}
			read(t, youngMonitor, m)
			v := j.Object(m)
			if got := sortedLines(lines(v.Ignored)); got != sortedLines(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if len(v.Refused)+len(v.LeftOut) > 0 {
				t.Errorf("a field that is omitted refuses nothing: %+v", v)
			}
		})
	}
}

// TestIgnoredIsTheObjects: a setting that the Prometheus makes for every monitor is no field of the
// monitor, and an unknown Prometheus has no version.
func TestIgnoredIsTheObjects(t *testing.T) {
	m := &monitoringv1.ServiceMonitor{}
	read(t, "metadata: {name: web, namespace: shop}\nspec: {selector: {}, endpoints: [{port: web}]}", m)
	_, j := generator(t, `
version: v2.8.0
enforcedLabelLimit: 3
enforcedBodySizeLimit: 1MB
overrideHonorTimestamps: true
scrapeClasses: [{name: a, default: true, attachMetadata: {node: true}, fallbackScrapeProtocol: PrometheusText0.0.4, tlsConfig: {minVersion: TLS12}}]
`, promconfig.Placeholders{})
	for _, f := range j.Object(m).Ignored {
		t.Error(f.Problem)
	}
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	read(t, youngMonitor, m)
	for _, f := range permissive.Object(m).Ignored {
		t.Error(f.Problem)
	}
}

const youngRule = `
metadata: {name: r, namespace: shop}
spec:
  groups:
  - name: g
    limit: 5
    query_offset: 1m
    labels: {team: a}
    rules: [{alert: A, expr: up}, {alert: B, expr: up, keep_firing_for: 1m}]
`

// TestIgnoredInRules: the same for rules, in a Prometheus and in a ThanosRuler.
func TestIgnoredInRules(t *testing.T) {
	r := &monitoringv1.PrometheusRule{}
	read(t, youngRule, r)
	for version, want := range map[string]string{
		"v2.30.0": "spec.groups[0].limit spec.groups[0].query_offset spec.groups[0].labels spec.groups[0].rules[1].keep_firing_for",
		"v2.55.0": "spec.groups[0].labels",
		"v3.0.0":  "",
	} {
		_, j := generator(t, "version: "+version, promconfig.Placeholders{})
		if got := pathsOf(lines(j.Object(r).Ignored)); got != want {
			t.Errorf("Prometheus %s ignores %q, want %q", version, got, want)
		}
	}
	for version, want := range map[string]string{
		"v0.33.0": "spec.groups[0].query_offset spec.groups[0].labels spec.groups[0].rules[1].keep_firing_for",
		"v0.38.0": "spec.groups[0].labels",
		"":        "",
	} {
		ruler := &monitoringv1.ThanosRuler{}
		ruler.Namespace, ruler.Name, ruler.Spec.Version = "monitoring", "ruler", &version
		j, err := judge.NewRuler(ruler)
		if err != nil {
			t.Fatal(err)
		}
		got := lines(j.Object(r).Ignored)
		if pathsOf(got) != want {
			t.Errorf("Thanos %s ignores %q, want %q", version, pathsOf(got), want)
		}
		if want != "" && !strings.Contains(got, "spec.groups[0].labels: needs Thanos 0.39.0, and monitoring/ruler is "+version[1:]) {
			t.Errorf("the versions are missing: %s", got)
		}
	}
}

// pathsOf returns the paths of lines.
func pathsOf(lines string) string {
	var paths []string
	for line := range strings.Lines(lines) {
		path, _, _ := strings.Cut(line, ":")
		paths = append(paths, path)
	}
	return strings.Join(paths, " ")
}

func sortedLines(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
