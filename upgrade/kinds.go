package upgrade

import (
	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation"
)

// Kinds returns the kinds with the checks on what changes its meaning when Prometheus is upgraded to a version. The
// version that runs is that of the Prometheus objects.
func Kinds(to semver.Version) []validation.Kind {
	v1, v1alpha1 := monitoringv1.SchemeGroupVersion, monitoringv1alpha1.SchemeGroupVersion
	ofMonitors := []validation.Check[*relabelings]{bucketLabelRelabeling, defaultPort, regexNewlineRelabeling}
	return []validation.Kind{
		validation.NewKind(v1.WithKind(monitoringv1.PrometheusRuleKind), newRuleSet(to), []validation.Check[*ruleSet]{rangeLeftOpen, bucketLabel, regexNewline}),
		validation.NewKind(v1.WithKind(monitoringv1.ServiceMonitorsKind), newRelabelings(to, ofServiceMonitor), ofMonitors),
		validation.NewKind(v1.WithKind(monitoringv1.PodMonitorsKind), newRelabelings(to, ofPodMonitor), ofMonitors),
		validation.NewKind(v1.WithKind(monitoringv1.ProbesKind), newRelabelings(to, ofProbe), ofMonitors),
		validation.NewKind(v1alpha1.WithKind(monitoringv1alpha1.ScrapeConfigsKind), newRelabelings(to, ofScrapeConfig), ofMonitors),
		validation.NewKind(v1.WithKind(monitoringv1.PrometheusesKind), newPrometheus(to), instanceChecks()),
		validation.NewKind(v1alpha1.WithKind(monitoringv1alpha1.PrometheusAgentsKind), newAgent(to), instanceChecks()),
	}
}

func instanceChecks() []validation.Check[*instance] {
	return []validation.Check[*instance]{
		argumentRemoved,
		featureRemoved,
		externalLabelExpanded,
		alertmanagerV1,
		remoteWriteHTTP2,
		contentType,
		utf8Scraped,
		onRelabelings(bucketLabelRelabeling),
		onRelabelings(regexNewlineRelabeling),
	}
}

// onRelabelings lifts a check on relabelings to those of an instance.
func onRelabelings(c validation.Check[*relabelings]) validation.Check[*instance] {
	return validation.Each(c, func(i *instance) []*relabelings { return []*relabelings{&i.relabelings} })
}

// Checks returns the descriptions of the checks, each once.
func Checks() []validation.Info {
	var all []validation.Info
	seen := map[string]bool{"object-shape": true} // which every kind has
	for _, k := range Kinds(semver.Version{}) {
		for _, c := range k.Checks {
			if !seen[c.ID] {
				seen[c.ID] = true
				all = append(all, c)
			}
		}
	}
	return all
}

// Example returns the version that the examples in the documentation upgrade to.
func Example() semver.Version { return semver.MustParse("3.16.0") }
