package promconfig

import (
	"errors"
	"slices"

	"github.com/blang/semver/v4"
	"github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Generator renders objects for one Prometheus or PrometheusAgent. It holds no state
// beyond its inputs, and may be used by several goroutines if its Assets may.
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

// ErrUnmanaged means that the Prometheus selects no kind of scrape object at all: the user
// then manages the whole configuration, and the operator does not touch it.
var ErrUnmanaged = errors.New("none of serviceMonitorSelector, podMonitorSelector, probeSelector and scrapeConfigSelector is set, so the operator leaves the configuration to its user")

// New returns a generator for a Prometheus. It fails with an [UnusableError] if the version cannot be parsed.
// [Generator.Global] returns what else is wrong with the object.
func New(p *monitoringv1.Prometheus, assets Assets, options Options) (*Generator, error) {
	g, err := newGenerator(p.ObjectMeta, p.Spec.CommonPrometheusFields, assets, options)
	if err != nil {
		return nil, err
	}
	g.server = &p.Spec
	return g, nil
}

// NewAgent returns a generator for a PrometheusAgent.
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
		return nil, unusablef(specPath.Field("shards"), "spec.shards is %d, and more than %d cannot be", *spec.Shards, maxShards)
	}
	if spec.Shards != nil && *spec.Shards > 1 {
		g.shards = *spec.Shards
	}
	return g, nil
}

// maxShards bounds a list in each job. No Prometheus has as many shards.
const maxShards = 10_000

// Unmanaged reports whether the user manages the configuration, and not the operator. That
// is never so for an agent.
func (g *Generator) Unmanaged() bool {
	return !g.Agent() && g.spec.ServiceMonitorSelector == nil && g.spec.PodMonitorSelector == nil &&
		g.spec.ProbeSelector == nil && g.spec.ScrapeConfigSelector == nil
}

// Agent reports whether the object is a PrometheusAgent.
func (g *Generator) Agent() bool {
	return g.server == nil
}

// UTF8Names reports whether the Prometheus accepts any name for metrics and labels, as
// version 3 and later do.
func (g *Generator) UTF8Names() bool {
	return g.version.Major >= 3
}

// Version returns the version of the Prometheus, without a leading v.
func (g *Generator) Version() string {
	return g.version.String()
}

// SemVer returns the same, to be compared.
func (g *Generator) SemVer() semver.Version { return g.version }

// ScrapeInterval returns the default interval of jobs. It may be empty: Prometheus has a
// default of its own.
func (g *Generator) ScrapeInterval() string { return string(g.spec.ScrapeInterval) }

// EvaluationInterval returns the interval of rule groups without one. It is empty for an agent.
func (g *Generator) EvaluationInterval() string {
	if g.server == nil {
		return ""
	}
	return string(g.server.EvaluationInterval)
}

// Common returns the fields that the object has in common with others of its kinds, which callers
// must not change.
func (g *Generator) Common() *monitoringv1.CommonPrometheusFields { return &g.spec }

// QueryLogFile returns the file that Prometheus writes its queries to, as the object has it.
func (g *Generator) QueryLogFile() string {
	if g.server == nil {
		return ""
	}
	return g.server.QueryLogFile
}

// Lookback returns the age up to which queries take a sample for the latest one: what the object
// sets, or the flag in its additional arguments. It is empty for the default of Prometheus.
func (g *Generator) Lookback() string {
	for _, a := range g.spec.AdditionalArgs {
		if a.Name == "query.lookback-delta" {
			return a.Value
		}
	}
	if g.server == nil || g.server.Query == nil || g.server.Query.LookbackDelta == nil {
		return ""
	}
	return *g.server.Query.LookbackDelta
}

// PodTargetLabels returns the labels of pods that each of their targets gets.
func (g *Generator) PodTargetLabels() []string { return g.spec.PodTargetLabels }

// Shards returns the number of shards over which the operator distributes targets: 1 if it does not.
func (g *Generator) Shards() int {
	if g.daemonSet {
		return 1
	}
	return int(g.shards)
}

// DeniesFiles reports whether ServiceMonitors must not read files in the container of the
// Prometheus.
func (g *Generator) DeniesFiles() bool { return g.spec.ArbitraryFSAccessThroughSMs.Deny }

// Namespace returns that of the Prometheus.
func (g *Generator) Namespace() string { return g.object.Namespace }

// Name returns that of the Prometheus.
func (g *Generator) Name() string { return g.object.Name }

func (g *Generator) writer(object metav1.ObjectMeta) *writer {
	return &writer{g: g, namespace: object.Namespace, name: object.Name}
}

// globalWriter returns the writer for the Prometheus itself.
func (g *Generator) globalWriter() *writer {
	w := g.writer(g.object)
	w.global = true
	return w
}

// EnforcedLabel returns the label into which the operator writes the namespace of an object, over
// whatever the object says. It is empty if the Prometheus enforces none, or excludes the object.
func (g *Generator) EnforcedLabel(kind, namespace, name string) string {
	excluded := g.spec.ExcludedFromEnforcement
	if kind == monitoringv1.PrometheusRuleKind && g.server != nil {
		excluded = withExcludedRules(excluded, g.server.PrometheusRulesExcludedFromEnforce)
	}
	if excludes(excluded, kind, namespace, name) {
		return ""
	}
	return g.spec.EnforcedNamespaceLabel
}

// EnforcedByThanos is [Generator.EnforcedLabel] for a rule and a ThanosRuler.
func EnforcedByThanos(r *monitoringv1.ThanosRuler, namespace, name string) string {
	excluded := withExcludedRules(r.Spec.ExcludedFromEnforcement, r.Spec.PrometheusRulesExcludedFromEnforce)
	if excludes(excluded, monitoringv1.PrometheusRuleKind, namespace, name) {
		return ""
	}
	return r.Spec.EnforcedNamespaceLabel
}

// withExcludedRules adds the older list, which is for rules alone.
func withExcludedRules(excluded []monitoringv1.ObjectReference, rules []monitoringv1.PrometheusRuleExcludeConfig) []monitoringv1.ObjectReference {
	excluded = slices.Clone(excluded)
	for _, e := range rules {
		excluded = append(excluded, monitoringv1.ObjectReference{
			Namespace: e.RuleNamespace, Resource: monitoringv1.PrometheusRuleName, Name: e.RuleName,
		})
	}
	return excluded
}

func excludes(list []monitoringv1.ObjectReference, kind, namespace, name string) bool {
	return slices.ContainsFunc(list, func(e monitoringv1.ObjectReference) bool {
		return e.Namespace == namespace && (e.Group == "" || e.Group == monitoring.GroupName) &&
			resourceOf[kind] == e.Resource && (e.Name == "" || e.Name == name)
	})
}

var resourceOf = map[string]string{
	monitoringv1.ServiceMonitorsKind:     monitoringv1.ServiceMonitorName,
	monitoringv1.PodMonitorsKind:         monitoringv1.PodMonitorName,
	monitoringv1.ProbesKind:              monitoringv1.ProbeName,
	monitoringv1alpha1.ScrapeConfigsKind: monitoringv1alpha1.ScrapeConfigName,
	monitoringv1.PrometheusRuleKind:      monitoringv1.PrometheusRuleName,
}
