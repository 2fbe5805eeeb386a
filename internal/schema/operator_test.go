package schema

import (
	"strings"
	"testing"

	"github.com/blang/semver/v4"
	"sigs.k8s.io/yaml"
)

func TestMissingIn(t *testing.T) {
	for name, c := range map[string]struct {
		operator, kind, object string
		want                   string
	}{
		"Known":      {"0.84.0", "ServiceMonitor", "spec: {endpoints: [{noProxy: a}]}", ""},
		"Field":      {"0.83.0", "ServiceMonitor", "spec: {endpoints: [{port: web}, {noProxy: a}]}", "spec.endpoints[1].noProxy needs the operator 0.84"},
		"OtherKind":  {"0.83.0", "PrometheusRule", "spec: {endpoints: [{noProxy: a}]}", ""},
		"OnlyParent": {"0.76.0", "Prometheus", "spec: {otlp: {convertHistogramsToNHCB: true}}", "spec.otlp needs the operator 0.77"},
		"Below":      {"0.77.0", "Prometheus", "spec: {otlp: {convertHistogramsToNHCB: true}}", "spec.otlp.convertHistogramsToNHCB needs the operator 0.83"},
		"Value":      {"0.78.0", "PodMonitor", "spec: {scrapeProtocols: [PrometheusProto, PrometheusText1.0.0]}", `spec.scrapeProtocols[1]="PrometheusText1.0.0" needs the operator 0.79`},
		"FreeBefore": {"0.70.0", "ServiceMonitor", "spec: {endpoints: [{scheme: https}]}", ""},
		"Removed":    {"0.80.0", "ScrapeConfig", "spec: {kubernetesSDConfigs: [{role: pod}]}", `spec.kubernetesSDConfigs[0].role="pod" needs an operator from 0.70 to before 0.76`},
		"NoSpec":     {"0.70.0", "ServiceMonitor", "metadata: {name: a}", ""},
		"Strange":    {"0.70.0", "ServiceMonitor", "spec: {endpoints: {port: [web]}}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var object map[string]any
			if err := yaml.Unmarshal([]byte(c.object), &object); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range MissingIn(semver.MustParse(c.operator), c.kind, object) {
				text := m.Path.String()
				if m.Value != "" {
					text += `="` + m.Value + `"`
				}
				got = append(got, text+" "+m.Needs)
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestOperatorTable: what the table says of the latest operator agrees with the embedded schemas: each field that it
// has is there.
func TestOperatorTable(t *testing.T) {
	for kind, fields := range operatorSpans() {
		for path, spans := range fields {
			w := missingWalk{minor: latestOperator}
			if strings.Contains(path, "=") || w.isMissing(spans) {
				continue
			}
			if !hasField(t, kind, path) {
				t.Errorf("%s: the schema does not have %s", kind, path)
			}
		}
	}
}

func hasField(t *testing.T, kind, path string) bool {
	t.Helper()
	for _, e := range embedded {
		if e.kind.Kind != kind {
			continue
		}
		crd, err := readCRD(e.file)
		if err != nil {
			t.Fatal(err)
		}
		at := specOf(crd, e.kind.Version)
		for name := range strings.SplitSeq(strings.TrimPrefix(path, "spec."), ".") {
			field, isList := strings.CutSuffix(name, "[]")
			next, ok := at.Properties[field]
			if !ok {
				return false
			}
			at = &next
			if isList && at.Items != nil {
				at = at.Items.Schema
			}
		}
		return true
	}
	return false
}
