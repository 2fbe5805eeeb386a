package main

import (
	"fmt"
	"strings"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/promconfig"
)

// standIn returns a Prometheus that selects everything, by its name NAMESPACE/NAME. An empty version means
// the newest that promgate knows.
func standIn(of, version string) (*monitoringv1.Prometheus, error) {
	namespace, name, ok := strings.Cut(of, "/")
	if !ok || namespace == "" || name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("--select %s: must be NAMESPACE/NAME", of)
	}
	if _, err := semver.ParseTolerant(version); version != "" && err != nil {
		return nil, fmt.Errorf("--prometheus-version %s: must be a version such as v3.5.0", version)
	}
	all := &metav1.LabelSelector{}
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{
		Namespace: namespace, Name: name, Annotations: map[string]string{promconfig.StandInAnnotation: "true"},
	}}
	s := &p.Spec
	s.Version = version
	s.ScrapeInterval, s.EvaluationInterval = "30s", "30s" // the CRD's defaults
	s.RuleSelector, s.RuleNamespaceSelector = all, all
	s.ServiceMonitorSelector, s.ServiceMonitorNamespaceSelector = all, all
	s.PodMonitorSelector, s.PodMonitorNamespaceSelector = all, all
	s.ProbeSelector, s.ProbeNamespaceSelector = all, all
	s.ScrapeConfigSelector, s.ScrapeConfigNamespaceSelector = all, all
	return p, nil
}
