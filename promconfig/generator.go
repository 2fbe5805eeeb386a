package promconfig

import (
	"errors"
	"fmt"

	"github.com/blang/semver/v4"
	"github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Generator renders for one Prometheus or PrometheusAgent object. It holds no
// state beyond what it was made of, and may be used by several goroutines as long as
// its Assets may.
type Generator struct {
	object    metav1.ObjectMeta
	spec      monitoringv1.CommonPrometheusFields
	server    *monitoringv1.PrometheusSpec // nil for an agent
	daemonSet bool

	version semver.Version
	options Options
	paths   Paths
	shards  int32
	assets  Assets
}

// ErrUnmanaged says that the object selects no kind of scrape object at all: the
// operator then leaves the whole configuration to the user.
var ErrUnmanaged = errors.New("none of serviceMonitorSelector, podMonitorSelector, probeSelector and scrapeConfigSelector is set, so the operator leaves the configuration to its user")

// New makes a generator for a Prometheus. The error is a version that cannot be
// read; what else is wrong with the object comes with [Generator.Global].
func New(p *monitoringv1.Prometheus, assets Assets, options Options) (*Generator, error) {
	g, err := newGenerator(p.ObjectMeta, p.Spec.CommonPrometheusFields, assets, options)
	if err != nil {
		return nil, err
	}
	g.server = &p.Spec
	return g, nil
}

// NewAgent makes a generator for a PrometheusAgent.
func NewAgent(p *monitoringv1alpha1.PrometheusAgent, assets Assets, options Options) (*Generator, error) {
	g, err := newGenerator(p.ObjectMeta, p.Spec.CommonPrometheusFields, assets, options)
	if err != nil {
		return nil, err
	}
	g.daemonSet = p.Spec.Mode != nil && *p.Spec.Mode == monitoringv1alpha1.DaemonSetPrometheusAgentMode
	return g, nil
}

func newGenerator(object metav1.ObjectMeta, spec monitoringv1.CommonPrometheusFields, assets Assets, options Options) (*Generator, error) {
	version, err := parseVersion(spec.Version)
	if err != nil {
		return nil, err
	}
	g := &Generator{object: object, spec: spec, version: version, options: options, paths: options.paths(), shards: 1, assets: assets}
	if spec.Shards != nil && *spec.Shards > maxShards {
		return nil, fmt.Errorf("spec.shards is %d, and more than %d cannot be", *spec.Shards, maxShards)
	}
	if spec.Shards != nil && *spec.Shards > 1 {
		g.shards = *spec.Shards
	}
	return g, nil
}

// maxShards bounds a list that each job carries. No Prometheus has as many.
const maxShards = 10_000

// Unmanaged says that the operator leaves the configuration to the user. It never
// does so for an agent.
func (g *Generator) Unmanaged() bool {
	return !g.Agent() && g.spec.ServiceMonitorSelector == nil && g.spec.PodMonitorSelector == nil &&
		g.spec.ProbeSelector == nil && g.spec.ScrapeConfigSelector == nil
}

// Agent says that the object is a PrometheusAgent.
func (g *Generator) Agent() bool {
	return g.server == nil
}

// UTF8Names says that the Prometheus takes any name for metrics and labels, as it
// does from version 3 on.
func (g *Generator) UTF8Names() bool {
	return g.version.Major >= 3
}

// Version is the Prometheus' own, without a leading v.
func (g *Generator) Version() string {
	return g.version.String()
}

// SemVer is the same, to compare with.
func (g *Generator) SemVer() semver.Version { return g.version }

// ScrapeInterval is the one of jobs that have none. It may be empty: Prometheus has a
// default of its own.
func (g *Generator) ScrapeInterval() string { return string(g.spec.ScrapeInterval) }

// PodTargetLabels are those that each target of a pod gets.
func (g *Generator) PodTargetLabels() []string { return g.spec.PodTargetLabels }

// DeniesFiles says that ServiceMonitors must not read files of Prometheus' own.
func (g *Generator) DeniesFiles() bool { return g.spec.ArbitraryFSAccessThroughSMs.Deny }

// Namespace is the object's.
func (g *Generator) Namespace() string { return g.object.Namespace }

// Name is the object's.
func (g *Generator) Name() string { return g.object.Name }

func (g *Generator) writer(object metav1.ObjectMeta) *writer {
	return &writer{g: g, namespace: object.Namespace, name: object.Name}
}

// globalWriter writes what the Prometheus object itself asks for.
func (g *Generator) globalWriter() *writer {
	w := g.writer(g.object)
	w.global = true
	return w
}

// enforces says whether the enforced namespace label applies to an object.
func (g *Generator) enforces(kind, namespace, name string) bool {
	return g.enforcesWith(g.spec.ExcludedFromEnforcement, kind, namespace, name)
}

func (g *Generator) enforcesWith(excluded []monitoringv1.ObjectReference, kind, namespace, name string) bool {
	if g.spec.EnforcedNamespaceLabel == "" {
		return false
	}
	for _, e := range excluded {
		if e.Namespace == namespace && (e.Group == "" || e.Group == monitoring.GroupName) &&
			resourceOf[kind] == e.Resource && (e.Name == "" || e.Name == name) {
			return false
		}
	}
	return true
}

var resourceOf = map[string]string{
	monitoringv1.ServiceMonitorsKind:     monitoringv1.ServiceMonitorName,
	monitoringv1.PodMonitorsKind:         monitoringv1.PodMonitorName,
	monitoringv1.ProbesKind:              monitoringv1.ProbeName,
	monitoringv1alpha1.ScrapeConfigsKind: monitoringv1alpha1.ScrapeConfigName,
	monitoringv1.PrometheusRuleKind:      monitoringv1.PrometheusRuleName,
}
