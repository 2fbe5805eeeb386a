package jobs

import (
	"maps"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// claimsOfProbe returns no claims for Ingresses, which the index does not hold.
func claimsOfProbe(p *monitoringv1.Probe) []Claim {
	static := p.Spec.Targets.StaticConfig
	if static == nil || len(static.Targets) == 0 {
		return nil
	}
	labels := map[string]string{"namespace": p.Namespace}
	maps.Copy(labels, static.Labels)
	start := startOf("probe", p.Namespace, p.Name, labels)
	if p.Spec.JobName != "" {
		start = start.named(&p.Spec.JobName)
	}
	path := p.Spec.ProberSpec.Path
	if path == "" {
		path = "/probe"
	}
	c := chain{
		relabelings: static.RelabelConfigs, metricRelabelings: p.Spec.MetricRelabelConfigs,
		class: p.Spec.ScrapeClassName, self: []string{"probe", p.Namespace, p.Name},
	}
	a := address{scheme: p.Spec.ProberSpec.Scheme, host: p.Spec.ProberSpec.URL, path: path, params: paramsOf(&p.Spec)}
	s := newStatics(&c, a, len(static.Targets))
	claim := s.claim(start)
	addTargets(s, &claim, start, static.Targets, labels)
	return []Claim{claim}
}

// paramsOf returns the params, where the module wins over a parameter of that name.
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

// claimsOfScrapeConfig returns a claim for each job that static targets start with: their
// labels may set a job. What other discoveries find is not known.
func claimsOfScrapeConfig(c *monitoringv1alpha1.ScrapeConfig) []Claim {
	index, targets := map[Job]int{}, 0
	starts := make([]Job, len(c.Spec.StaticConfigs))
	for i := range c.Spec.StaticConfigs {
		static := &c.Spec.StaticConfigs[i]
		targets += len(static.Targets)
		starts[i] = startOf("scrapeConfig", c.Namespace, c.Name, static.Labels)
		if _, known := index[starts[i]]; !known {
			index[starts[i]] = len(index)
		}
	}
	if len(index)*len(c.Spec.RelabelConfigs) > maxCopies {
		return nil // each claim holds all relabelings
	}
	s := newStatics(chainOfScrapeConfig(c), addressOfScrapeConfig(&c.Spec), targets)
	claims := make([]Claim, len(index))
	for start, n := range index {
		claims[n] = s.claim(start.named(c.Spec.JobName))
	}
	for i := range c.Spec.StaticConfigs {
		static := &c.Spec.StaticConfigs[i]
		addTargets(s, &claims[index[starts[i]]], starts[i].named(c.Spec.JobName), static.Targets, static.Labels)
	}
	return claims
}

func chainOfScrapeConfig(c *monitoringv1alpha1.ScrapeConfig) *chain {
	s := &c.Spec
	return &chain{
		relabelings: s.RelabelConfigs, metricRelabelings: s.MetricRelabelConfigs,
		honorLabels: s.HonorLabels != nil && *s.HonorLabels, class: s.ScrapeClassName,
		self: []string{"scrapeConfig", c.Namespace, c.Name},
	}
}

func addressOfScrapeConfig(s *monitoringv1alpha1.ScrapeConfigSpec) address {
	a := address{scheme: s.Scheme, params: s.Params}
	if s.MetricsPath != nil {
		a.path = *s.MetricsPath
	}
	return a
}

// named returns the job after the relabeling that the operator writes for a jobName.
func (j Job) named(name *string) Job {
	if name == nil {
		return j
	}
	return j.relabel(&monitoringv1.RelabelConfig{TargetLabel: jobLabel, Replacement: name})
}

// startOf returns the job that static targets have before any relabeling.
func startOf(kind, namespace, name string, labels map[string]string) Job {
	if job := labels[jobLabel]; job != "" {
		return Job{Constant: job}
	}
	return Job{Constant: kind + "/" + namespace + "/" + name}
}
