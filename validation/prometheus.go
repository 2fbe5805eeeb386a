package validation

import (
	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/internal/since"
)

// A Prometheus is what a check on a monitor may know about the Prometheus that selects
// it. The zero value is an unknown one: it accepts whatever any Prometheus could.
type Prometheus struct {
	// Name is namespace/name of the Prometheus or PrometheusAgent object.
	Name string

	// Version without a leading v: of Prometheus, or of Thanos.
	Version semver.Version

	// Thanos means that it is a ThanosRuler, which selects rules only.
	Thanos bool

	// LegacyLabels means that it refuses a source label with other characters than letters,
	// digits and _.
	LegacyLabels bool

	// ScrapeInterval is the default for endpoints without an interval. It is empty if it
	// is not known.
	ScrapeInterval string

	// DeniesFiles reports that ServiceMonitors must not read the files of Prometheus
	// (arbitraryFSAccessThroughSMs).
	DeniesFiles bool
}

// Known reports whether a Prometheus selects the object.
func (p Prometheus) Known() bool {
	return p.Name != ""
}

// Engine names the software and its version: Prometheus 2.55.1, Thanos 0.37.2. Without a
// Prometheus it is empty.
func (p Prometheus) Engine() string {
	switch {
	case !p.Known():
		return ""
	case p.Thanos:
		return "Thanos " + p.Version.String()
	}
	return "Prometheus " + p.Version.String()
}

// Has reports whether the Prometheus may have a feature.
func (p Prometheus) Has(f *since.Feature) bool {
	return !p.Known() || f.In(p.Version)
}

// A Judge returns Prometheus' own verdict on a monitor. It may be used by several
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
}
