package judge

import (
	"errors"
	"fmt"
	"path"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// instance returns the verdict on an object that selects others: what the Prometheus or ThanosRuler would refuse of its own
// configuration, and the arguments with which it does not start. isInstance is false for any other object. Secrets and
// ConfigMaps are not read, and Prometheus refuses nothing because of them.
func (j *Judge) instance(object any) (v validation.Verdict, isInstance bool) {
	var g *promconfig.Generator
	var err error
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		g, err = promconfig.New(o, promconfig.Placeholders{}, promconfig.AsInstalled())
	case *monitoringv1alpha1.PrometheusAgent:
		g, err = promconfig.NewAgent(o, promconfig.Placeholders{}, promconfig.AsInstalled())
	case *monitoringv1.ThanosRuler:
		v, err = j.limits.ruler(o)
	default:
		return validation.Verdict{}, false
	}
	switch {
	case err != nil:
		return validation.Verdict{Unusable: findings([]mistake{unusable(err)})}, true
	case g == nil:
		return v, true
	}
	v.Arguments = findings(j.limits.argumentMistakes(g, object))
	if !g.Unmanaged() {
		own := NewWithin(j.limits, g, g.Global())
		v.Refused, v.Ignored = own.Global(), own.ignored(own.global.Ignored)
	}
	return v, true
}

// argumentMistakes returns those with which the container of the Prometheus or of its sidecar does not start.
func (l Limits) argumentMistakes(g *promconfig.Generator, object any) []mistake {
	line := newCommandLine(l, g)
	mistakes := line.mistakes(g.Arguments())
	if web := g.Common().Web; web != nil {
		known := webCurves
		if line.beyondTable() {
			known = curves
		}
		mistakes = append(mistakes, webMistakes(web.WebConfigFileFields, "Prometheus", known)...)
	}
	if p, ok := object.(*monitoringv1.Prometheus); ok {
		mistakes = append(mistakes, sidecar(p)...)
	}
	return mistakes
}

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

func unusable(err error) mistake {
	if u, ok := errors.AsType[*promconfig.UnusableError](err); ok {
		return mistaken(u.Field, u.Reason)
	}
	return mistaken(specPath, err.Error())
}
