package judge

import (
	"fmt"
	"regexp"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// Permissive makes the judge for an object that no known Prometheus selects. It judges as
// a Prometheus that accepts whatever some Prometheus could: of the newest version, with
// an interval that no timeout exceeds, and with a scrape class of any name.
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
	j.anyClass = true
	return j, nil
}

// longestInterval is about the longest that Prometheus' durations hold.
const longestInterval monitoringv1.Duration = "290y"

// Object implements [validation.Judge]: what Prometheus says of one monitor, and what
// only the operator minds. It does not change the object.
func (j *Judge) Object(object any) validation.Verdict {
	if n := j.relabelings(object); n > j.limits.Relabelings {
		return validation.Verdict{Refused: []validation.Finding{refused("spec",
			fmt.Sprintf("it makes some %d relabelings, counting those that come with each endpoint and each label, and more than %d are not loaded for one object; split it", n, j.limits.Relabelings))}}
	}
	part, ok := j.part(object)
	if !ok {
		return validation.Verdict{}
	}
	v := validation.Verdict{Refused: j.jobs(j.header, part.Jobs, part.Files)}
	for _, r := range part.Rejections {
		if !told(v.Refused, r.Field) {
			v.LeftOut = append(v.LeftOut, refused(r.Field, r.Reason))
		}
	}
	return v
}

// relabelings are about how many an object makes: each endpoint has those of the chain,
// one for each label that is copied or selected by, and the user's own.
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

// part renders the object as the operator would, though it might then leave it out.
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

// withoutClass takes the class from a copy of the object. Rendering changes nothing.
func (j *Judge) withoutClass(name **string) {
	if j.anyClass {
		*name = nil
	}
}

// told says whether a finding names the field, something in it, or what it is in.
func told(findings []validation.Finding, field string) bool {
	for _, f := range findings {
		if validation.Within(field, f.Path) || validation.Within(f.Path, field) {
			return true
		}
	}
	return false
}

// contentKey names a mistake without its position.
func contentKey(field, reason string) string {
	return validation.Key(index.ReplaceAllString(field, "[]"), strings.TrimSuffix(reason, "."))
}

var index = regexp.MustCompile(`\[\d+\]`)

// Snapshot is what checks may know of the Prometheus that the judge speaks for.
func (j *Judge) Snapshot() validation.Snapshot {
	s := validation.Permissive()
	s.Judge = j
	if j.anyClass {
		return s
	}
	options := j.g.PromQL()
	// What only another version can call is named as such, and is a warning.
	options.Functions = s.PromQL.Functions
	s.PromQL, s.Names = options, j.names
	s.Prometheus = validation.Prometheus{
		Name:           j.g.Namespace() + "/" + j.g.Name(),
		Version:        j.g.SemVer(),
		ScrapeInterval: j.g.ScrapeInterval(),
		DeniesFiles:    j.g.DeniesFiles(),
	}
	return s
}
