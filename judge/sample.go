package judge

import (
	"fmt"
	"path"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/promconfig"
)

// sampleMistakes judges what the Prometheus adds to each job, with monitors that have no mistake of their own.
func (j *Judge) sampleMistakes() []mistake {
	spec, meta := j.g.Common(), metav1.ObjectMeta{Namespace: "default", Name: "sample"}
	var parts []promconfig.Part
	if spec.ServiceMonitorSelector != nil {
		parts = append(parts, j.g.ServiceMonitor(&monitoringv1.ServiceMonitor{ObjectMeta: meta, Spec: monitoringv1.ServiceMonitorSpec{Endpoints: []monitoringv1.Endpoint{{Port: "web"}}}}))
	}
	if port := "web"; spec.PodMonitorSelector != nil {
		parts = append(parts, j.g.PodMonitor(&monitoringv1.PodMonitor{ObjectMeta: meta, Spec: monitoringv1.PodMonitorSpec{PodMetricsEndpoints: []monitoringv1.PodMetricsEndpoint{{Port: &port}}}}))
	}
	if spec.ScrapeConfigSelector != nil {
		parts = append(parts, j.g.ScrapeConfig(&monitoringv1alpha1.ScrapeConfig{ObjectMeta: meta}))
	}
	for _, part := range parts {
		var mistakes []mistake
		for _, m := range append(mistakesOf(part.Rejections), j.jobs(j.header, part.Jobs, part.Files)...) {
			m.field = promconfig.InPrometheus(m.field)
			mistakes = append(mistakes, m)
		}
		if len(mistakes) > 0 {
			return mistakes
		}
	}
	return nil
}

// logFiles returns the files that Prometheus cannot open to write: it then refuses its configuration.
func (j *Judge) logFiles() []mistake {
	var mistakes []mistake
	check := func(field, name string) {
		if base := path.Base(name); name != "" && (strings.HasSuffix(name, "/") || base == "." || base == "..") {
			mistakes = append(mistakes, mistaken(specPath.Field(field), fmt.Sprintf("%q is a directory, and Prometheus writes a file; add the name of a file", name)))
		}
	}
	if file := j.g.Common().ScrapeFailureLogFile; file != nil {
		check("scrapeFailureLogFile", *file)
	}
	check("queryLogFile", j.g.QueryLogFile())
	return mistakes
}
