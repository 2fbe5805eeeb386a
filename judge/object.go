package judge

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// Permissive returns the judge for an object that no known Prometheus selects. It accepts
// whatever some Prometheus could accept: the newest version, an interval that no timeout
// exceeds, and a scrape class of any name.
func Permissive() (*Judge, error) {
	return PermissiveWithin(DefaultLimits())
}

// PermissiveWithin is Permissive with other limits than the default ones.
func PermissiveWithin(limits Limits) (*Judge, error) {
	p := &monitoringv1.Prometheus{}
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = longestInterval, "30s"
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return nil, fmt.Errorf("making the judge: %w", err)
	}
	j := NewWithin(limits, g, g.Global())
	j.anyClass, j.alertmanager = true, anyAlertmanager(promconfig.Placeholders{})
	return j, nil
}

// longestInterval is close to the longest duration that Prometheus can read.
const longestInterval monitoringv1.Duration = "290y"

// Object implements [validation.Judge]. It does not change the object. Of a PrometheusRule it
// reports only the fields that are too new: the checks on rules run the parser of Prometheus. An
// object that selects others is judged by its own version, whatever Prometheus the judge is for.
func (j *Judge) Object(object any) validation.Verdict {
	if rule, ok := object.(*monitoringv1.PrometheusRule); ok {
		return validation.Verdict{
			Ignored:       j.ignored(j.g.RulesTooNew(rule)),
			EnforcedLabel: j.g.EnforcedLabel(monitoringv1.PrometheusRuleKind, rule.Namespace, rule.Name),
		}
	}
	if v, isInstance := j.instance(object); isInstance {
		return v
	}
	if j.alertmanager != nil && alertmanager.Renders(object) {
		return j.alertmanager.Object(object)
	}
	if n := j.relabelings(object); n > j.limits.Relabelings {
		return validation.Verdict{Refused: findings([]mistake{mistaken(specPath,
			fmt.Sprintf("it makes some %d relabelings, counting those that come with each endpoint and each label, and more than %d are not loaded for one object; split it", n, j.limits.Relabelings))})}
	}
	part, ok := j.part(object)
	if !ok {
		return validation.Verdict{}
	}
	refused := j.jobs(j.header, part.Jobs, part.Files)
	v := validation.Verdict{
		Refused: findings(refused), Ignored: j.ignored(part.Ignored),
		EnforcedLabel: j.g.EnforcedLabel(part.Kind, part.Namespace, part.Name),
	}
	if len(part.Rejections) == 0 {
		return v
	}
	places := placesOf(refused)
	for _, m := range mistakesOf(part.Rejections) {
		if m.apartFrom(places) {
			v.LeftOut = append(v.LeftOut, m.finding())
		}
	}
	return v
}

// relabelings estimates how many relabelings an object renders to: each endpoint has those of
// the chain, one for each label that is copied or selected by, and those of the user.
func (j *Judge) relabelings(object any) int {
	const chain = 20
	of := func(endpoints int, selector metav1.LabelSelector, namespaces monitoringv1.NamespaceSelector, labels ...[]string) int {
		n := chain + len(selector.MatchLabels) + len(selector.MatchExpressions) + len(namespaces.MatchNames)
		for _, list := range labels {
			n += len(list)
		}
		return n * endpoints
	}
	n := 0
	switch o := object.(type) {
	case *monitoringv1.ServiceMonitor:
		n = of(len(o.Spec.Endpoints), o.Spec.Selector, o.Spec.NamespaceSelector, o.Spec.TargetLabels, o.Spec.PodTargetLabels, j.g.PodTargetLabels())
		for i := range o.Spec.Endpoints {
			n += len(o.Spec.Endpoints[i].RelabelConfigs) + len(o.Spec.Endpoints[i].MetricRelabelConfigs)
		}
	case *monitoringv1.PodMonitor:
		n = of(len(o.Spec.PodMetricsEndpoints), o.Spec.Selector, o.Spec.NamespaceSelector, o.Spec.PodTargetLabels, j.g.PodTargetLabels())
		for i := range o.Spec.PodMetricsEndpoints {
			n += len(o.Spec.PodMetricsEndpoints[i].RelabelConfigs) + len(o.Spec.PodMetricsEndpoints[i].MetricRelabelConfigs)
		}
	}
	return n
}

// part renders the object even if the operator would leave it out.
func (j *Judge) part(object any) (promconfig.Part, bool) {
	switch o := object.(type) {
	case *monitoringv1.ServiceMonitor:
		m := *o
		j.withoutClass(&m.Spec.ScrapeClassName)
		return j.g.ServiceMonitor(&m), true
	case *monitoringv1.PodMonitor:
		m := *o
		j.withoutClass(&m.Spec.ScrapeClassName)
		return j.g.PodMonitor(&m), true
	case *monitoringv1.Probe:
		p := *o
		j.withoutClass(&p.Spec.ScrapeClassName)
		return j.g.Probe(&p), true
	case *monitoringv1alpha1.ScrapeConfig:
		c := *o
		j.withoutClass(&c.Spec.ScrapeClassName)
		return j.g.ScrapeConfig(&c), true
	}
	return promconfig.Part{}, false
}

// withoutClass removes the class from a shallow copy of the object.
func (j *Judge) withoutClass(name **string) {
	if j.anyClass {
		*name = nil
	}
}

// ignored returns a finding for each field that the Prometheus is too old for, and that the
// operator omits. Without a known Prometheus there is no version to compare with.
func (j *Judge) ignored(fields []promconfig.Ignored) []validation.Finding {
	if j.anyClass {
		return nil
	}
	return omitted(fields, "Prometheus", j.g.Namespace()+"/"+j.g.Name(), j.g.Version())
}

func omitted(fields []promconfig.Ignored, engine, name, version string) []validation.Finding {
	var out []validation.Finding
	for _, i := range fields {
		if i.Since == nil {
			continue
		}
		m := mistaken(i.Field, fmt.Sprintf("needs %s %s, and %s is %s; the operator omits the field", engine, i.Since, name, version))
		f := m.warning()
		f.Key = validation.Key(i.Field.Shape(), i.Since.String())
		out = append(out, f)
	}
	return out
}

// Snapshot returns what checks may know of the Prometheus of the judge.
func (j *Judge) Snapshot() validation.Snapshot {
	s := validation.Permissive()
	s.Judge = j
	if j.anyClass {
		return s
	}
	// The parser accepts what other versions or other feature flags accept: package dialect knows
	// what this Prometheus refuses of that, and a check names it.
	s.PromQL.EnableUnquotedUTF8Names = false
	s.Names = j.names
	s.Prometheus = validation.Prometheus{
		Name:         j.g.Namespace() + "/" + j.g.Name(),
		Version:      j.g.SemVer(),
		Features:     j.g.Features(),
		LegacyLabels: j.g.LegacyLabels(),
		LegacyScheme: configuredNames(j.header) == model.LegacyValidation,
		Escaping:     configuredEscaping(j.header),
		RelabelNames: j.g.RelabelNames(configuredNames(j.header)),
		DeniesFiles:  j.g.DeniesFiles(),

		ScrapeInterval:     j.g.ScrapeInterval(),
		EvaluationInterval: j.g.EvaluationInterval(),
		Scraping:           scraping(j.g),
	}
	return s
}

func scraping(g *promconfig.Generator) validation.Scraping {
	spec := g.Common()
	return validation.Scraping{
		Classes:                  spec.ScrapeClasses,
		EndpointSlices:           spec.ServiceDiscoveryRole != nil && *spec.ServiceDiscoveryRole == monitoringv1.EndpointSliceRole,
		Zones:                    spec.ShardingStrategy != nil,
		OwnNamespaces:            spec.IgnoreNamespaceSelectors,
		OverridesHonorLabels:     spec.OverrideHonorLabels,
		OverridesHonorTimestamps: spec.OverrideHonorTimestamps,
		Lookback:                 g.Lookback(),
		Queries:                  !g.Agent(),
		Shards:                   g.Shards(),
	}
}
