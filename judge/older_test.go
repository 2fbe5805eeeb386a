package judge_test

import (
	"strings"
	"testing"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
)

// TestOlder: what a release refuses of a Prometheus object, and another release accepts. The module
// test/versions compares the same with the releases.
func TestOlder(t *testing.T) {
	fips := `remoteWrite: [{url: "http://a", sigv4: {region: a, useFIPSSTSEndpoint: true}}]`
	dotted := `remoteWrite: [{url: "http://a", writeRelabelConfigs: [{sourceLabels: [a], targetLabel: b.c}]}]`
	variable := `remoteWrite: [{url: "http://a", writeRelabelConfigs: [{sourceLabels: [a], targetLabel: "b.${1}"}]}]`
	empty := `remoteWrite: [{url: "http://a", oauth2: {clientId: {secret: {name: a, key: b}}, clientSecret: {name: empty, key: b}, tokenUrl: "http://x"}}]`
	for name, tc := range map[string]struct{ version, spec, want string }{
		"FieldTooNewForPrometheus": {"3.0.0", fips, "spec.remoteWrite[0].sigv4.useFIPSSTSEndpoint"},
		"FieldKnown":               {"3.1.0", fips, ""},
		"FieldOmitted":             {"2.53.0", fips, ""},
		"SchemeLimitsNothingYet":   {"3.6.0", "nameValidationScheme: Legacy\n" + dotted, ""},
		"SchemeLimits":             {"3.7.0", "nameValidationScheme: Legacy\n" + dotted, "spec.remoteWrite[0].writeRelabelConfigs[0]"},
		"ExternalLabels":           {"3.6.0", "nameValidationScheme: Legacy\nexternalLabels: {a.b: c}", ""},
		"ExternalLabelsLimited":    {"3.7.0", "nameValidationScheme: Legacy\nexternalLabels: {a.b: c}", "spec.externalLabels"},
		"ExternalLabelsOf2":        {"2.55.0", "externalLabels: {a.b: c}", "spec.externalLabels"},
		"ExternalLabelsOfFeature":  {"2.55.0", "enableFeatures: [utf8-names]\nexternalLabels: {a.b: c}", ""},
		"MatchersOf2":              {"2.55.0", `remoteRead: [{url: "http://a", requiredMatchers: {a.b: c}}]`, "spec.remoteRead[0].requiredMatchers"},
		"MatchersOf3":              {"3.0.0", `remoteRead: [{url: "http://a", requiredMatchers: {a.b: c}}]`, ""},
		"OldTemplates":             {"3.1.0", variable, "spec.remoteWrite[0].writeRelabelConfigs[0]"},
		"AnyTemplates":             {"3.2.0", variable, ""},
		"Translation":              {"3.4.0", "nameValidationScheme: Legacy\notlp: {translationStrategy: NoTranslation}", "spec.otlp.translationStrategy"},
		"EmptySecret":              {"2.50.0", empty, "spec.remoteWrite[0].oauth2"},
		"EmptySecretAccepted":      {"2.51.0", empty, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, j := generator(t, "version: v"+tc.version+"\n"+tc.spec, secrets{})
			found := j.Global()
			if (len(found) == 0) != (tc.want == "") || len(found) > 0 && !strings.HasPrefix(found[0].Path.String(), tc.want) {
				t.Errorf("%v, want %q", found, tc.want)
			}
		})
	}
}

// TestAgentWithoutRemoteWrite: an old agent does not start without a place to write to.
func TestAgentWithoutRemoteWrite(t *testing.T) {
	for version, want := range map[string]int{"2.41.0": 1, "2.42.0": 0} {
		agent := &monitoringv1alpha1.PrometheusAgent{}
		agent.Spec.Version, agent.Spec.ScrapeInterval = version, "30s"
		g, err := promconfig.NewAgent(agent, promconfig.Placeholders{}, promconfig.AsInstalled())
		if err != nil {
			t.Fatal(err)
		}
		if found := judge.New(g, g.Global()).Global(); len(found) != want {
			t.Errorf("%s: %v", version, found)
		}
	}
}

// TestHandWritten: what older releases refuse of jobs that the user wrote by hand.
func TestHandWritten(t *testing.T) {
	for name, tc := range map[string]struct {
		version, job string
		refused      bool
	}{
		"Action":        {"2.40.0", "relabel_configs: [{source_labels: [a], target_label: b, action: KeepEqual}]", true},
		"KnownAction":   {"2.41.0", "relabel_configs: [{source_labels: [a], target_label: b, action: KeepEqual}]", false},
		"Selector":      {"3.10.0", "kubernetes_sd_configs: [{role: pod, selectors: [{role: node, label: a=b}]}]", true},
		"KnownSelector": {"3.11.0", "kubernetes_sd_configs: [{role: pod, selectors: [{role: node, label: a=b}]}]", false},
		"Template":      {"3.1.0", "relabel_configs: [{target_label: 'a.${1}'}]", true},
		"Field":         {"2.48.0", "scrape_protocols: [PrometheusProto]", true},
		"KnownField":    {"2.49.0", "scrape_protocols: [PrometheusProto]", false},
	} {
		t.Run(name, func(t *testing.T) {
			text := "- job_name: by-hand\n  " + tc.job + "\n"
			_, j := generator(t, "version: v"+tc.version+"\nadditionalScrapeConfigs: {name: tls, key: a}", secrets{pem: text})
			if found := j.Global(); (len(found) > 0) != tc.refused {
				t.Errorf("%v", found)
			}
		})
	}
}
