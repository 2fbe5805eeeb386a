package validation

import (
	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/relabeling"
)

// A Prometheus is what a check on a monitor may know about the Prometheus that selects it. The zero
// value is an unknown Prometheus: it accepts whatever any Prometheus could.
type Prometheus struct {
	// Name is namespace/name of the Prometheus or PrometheusAgent object.
	Name string

	// Version is the version of Prometheus, or of Thanos, without a leading v.
	Version semver.Version

	// Features are the feature flags that it runs with.
	Features []string

	// Thanos means that it is a ThanosRuler, which selects rules only.
	Thanos bool

	// Alertmanager means that it is an Alertmanager, which selects AlertmanagerConfigs only.
	Alertmanager bool

	// LegacyLabels means that it refuses a source label with characters other than letters, digits
	// and _.
	LegacyLabels bool

	// LegacyScheme means that it is configured for the old names (nameValidationScheme Legacy).
	LegacyScheme bool

	// Escaping is how it asks targets to escape names, where jobs do not say: allow-utf-8, for one.
	Escaping string

	// RelabelNames are the names of labels that relabelings may write.
	RelabelNames relabeling.Names

	// ScrapeInterval is the default for endpoints without an interval. It is empty if it is
	// unknown.
	ScrapeInterval string

	// EvaluationInterval is the default for rule groups without an interval. It is empty if it is
	// unknown.
	EvaluationInterval string

	// DeniesFiles reports that ServiceMonitors must not read the files of Prometheus
	// (arbitraryFSAccessThroughSMs).
	DeniesFiles bool

	Scraping Scraping
}

// Scraping is what a Prometheus adds to the monitors that it selects, or overrides in them.
type Scraping struct {
	// Classes are its scrape classes.
	Classes []monitoringv1.ScrapeClass

	// EndpointSlices means that targets of ServiceMonitors come from EndpointSlices unless the
	// monitor asks for another role (serviceDiscoveryRole).
	EndpointSlices bool

	// Zones means that targets are shared out by zone, for which the metadata of nodes may be
	// attached to each of them.
	Zones bool

	// OwnNamespaces means that monitors find targets in their own namespace only
	// (ignoreNamespaceSelectors).
	OwnNamespaces bool

	// OverridesHonorLabels and OverridesHonorTimestamps mean that monitors cannot set honorLabels
	// and honorTimestamps.
	OverridesHonorLabels, OverridesHonorTimestamps bool

	// Lookback is the age up to which queries take a sample for the latest one. It is empty for
	// the default, and where nothing is queried.
	Lookback string

	// Queries means that the Prometheus answers queries itself, which an agent does not.
	Queries bool

	// Shards is the number of shards over which the operator distributes the targets.
	Shards int
}

// Known reports whether a Prometheus selects the object.
func (p Prometheus) Known() bool {
	return p.Name != ""
}

// IsServer reports whether the Prometheus is known and evaluates rules itself. The version of a
// ThanosRuler is one of Thanos.
func (p Prometheus) IsServer() bool {
	return p.Known() && !p.Thanos && !p.Alertmanager
}

// Engine returns the name of the software and its version: Prometheus 2.55.1, Thanos 0.37.2. It is
// empty for an unknown Prometheus.
func (p Prometheus) Engine() string {
	switch {
	case !p.Known():
		return ""
	case p.Thanos:
		return "Thanos " + p.Version.String()
	case p.Alertmanager:
		return "Alertmanager " + p.Version.String()
	}
	return "Prometheus " + p.Version.String()
}

// Has reports whether the Prometheus may have a feature.
func (p Prometheus) Has(f *since.Feature) bool {
	return !p.Known() || f.In(p.Version)
}

// A Judge returns Prometheus' own verdict on a monitor, or on an object that selects monitors. It may be used by several
// goroutines, and does not change the object.
type Judge interface {
	Object(object any) Verdict
}

// A Verdict is what Prometheus and the operator would do with an object. Its findings have a
// path, a problem and a key.
type Verdict struct {
	// Refused lists the fields for which Prometheus would refuse its whole configuration.
	Refused []Finding

	// LeftOut lists the fields for which the operator would leave the object out, though
	// Prometheus would accept it.
	LeftOut []Finding

	// Ignored lists the fields that this Prometheus is too old for. The operator omits them,
	// and keeps the rest of the object.
	Ignored []Finding

	// Unusable lists the fields of a Prometheus, PrometheusAgent or ThanosRuler because of which the
	// operator can configure nothing for it.
	Unusable []Finding

	// Arguments lists the fields of a Prometheus or PrometheusAgent that become arguments with which it
	// does not start.
	Arguments []Finding

	// Features lists the feature flags that a Prometheus or PrometheusAgent does not know, and starts with all the same.
	Features []Finding

	// Alertmanager is what is known of the Alertmanager that is judged, or that selects the object. It is nil for other
	// objects.
	Alertmanager *AlertmanagerView

	// EnforcedLabel is the label into which the operator writes the namespace of the object, over
	// whatever the object says (enforcedNamespaceLabel). It is empty if there is none.
	EnforcedLabel string
}
