package jobs

import (
	"encoding/json"
	"maps"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// claimsOfProbe has none for Ingresses, which the index does not hold.
func claimsOfProbe(p *monitoringv1.Probe) []Claim {
	static := p.Spec.Targets.StaticConfig
	if static == nil || len(static.Targets) == 0 {
		return nil
	}
	labels := map[string]string{"namespace": p.Namespace}
	maps.Copy(labels, static.Labels)
	start := startOf("probe", p.Namespace, p.Name, labels)
	if p.Spec.JobName != "" {
		start = start.relabel(&monitoringv1.RelabelConfig{TargetLabel: jobLabel, Replacement: &p.Spec.JobName})
	}

	path := p.Spec.ProberSpec.Path
	if path == "" {
		path = "/probe"
	}
	c := chain{
		start: start, relabelings: static.RelabelConfigs, metricRelabelings: p.Spec.MetricRelabelConfigs,
		class: p.Spec.ScrapeClassName, self: []string{"probe", p.Namespace, p.Name},
	}
	claim := c.claim(address{scheme: p.Spec.ProberSpec.Scheme, host: p.Spec.ProberSpec.URL, path: path, params: paramsOf(&p.Spec)})
	claim.Static = targetsOf(static.Targets, labels)
	return []Claim{claim}
}

// paramsOf are the params, where the module wins over a parameter of that name.
func paramsOf(p *monitoringv1.ProbeSpec) map[string][]string {
	params := make(map[string][]string, len(p.Params)+1)
	for _, param := range p.Params {
		params[param.Name] = param.Values
	}
	if p.Module != "" {
		params["module"] = []string{p.Module}
	}
	return params
}

// claimsOfScrapeConfig has a claim for each job that static targets start with: their
// labels may name another. What other discoveries find is not known.
func claimsOfScrapeConfig(c *monitoringv1alpha1.ScrapeConfig) []Claim {
	var claims []Claim
	of := map[Job]int{}
	for i := range c.Spec.StaticConfigs {
		static := &c.Spec.StaticConfigs[i]
		start := startOf("scrapeConfig", c.Namespace, c.Name, static.Labels)
		n, known := of[start]
		if !known {
			n = len(claims)
			of[start] = n
			claims = append(claims, claimOfScrapeConfig(c, start))
		}
		claims[n].Static = append(claims[n].Static, targetsOf(static.Targets, static.Labels)...)
	}
	return claims
}

func claimOfScrapeConfig(c *monitoringv1alpha1.ScrapeConfig, start Job) Claim {
	s := &c.Spec
	if s.JobName != nil {
		start = start.relabel(&monitoringv1.RelabelConfig{TargetLabel: jobLabel, Replacement: s.JobName})
	}
	chain := chain{
		start: start, relabelings: s.RelabelConfigs, metricRelabelings: s.MetricRelabelConfigs,
		honorLabels: s.HonorLabels != nil && *s.HonorLabels, class: s.ScrapeClassName,
		self: []string{"scrapeConfig", c.Namespace, c.Name},
	}
	a := address{scheme: s.Scheme, params: s.Params}
	if s.MetricsPath != nil {
		a.path = *s.MetricsPath
	}
	return chain.claim(a)
}

// startOf is the job that static targets have before any relabeling.
func startOf(kind, namespace, name string, labels map[string]string) Job {
	if job := labels[jobLabel]; job != "" {
		return Job{Constant: job}
	}
	return Job{Constant: kind + "/" + namespace + "/" + name}
}

// targetsOf writes each target with its labels, but for the job, which is told apart. To
// Prometheus, an empty label is none.
func targetsOf[T ~string](targets []T, labels map[string]string) []string {
	set := make(map[string]string, len(labels))
	for name, value := range labels {
		if value != "" && name != jobLabel {
			set[name] = value
		}
	}
	text, err := json.Marshal(set)
	if err != nil {
		return nil // strings can be marshalled
	}
	texts := make([]string, len(targets))
	for i, t := range targets {
		texts[i] = string(t) + " " + string(text)
	}
	return texts
}
