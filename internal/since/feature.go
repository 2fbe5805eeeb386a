// Package since is the table of what Prometheus knows from which version on: fields that
// the operator writes only for a newer Prometheus, kinds of discovery and actions that it
// rejects for an older one, and what changed in Prometheus itself. Rendering and checks
// read the same entries, so that they cannot disagree. It is a leaf: it imports nothing of
// promgate.
package since

import (
	"strings"

	"github.com/blang/semver/v4"
)

// A Feature is a field, a value or a behaviour that Prometheus has from a version on. The
// nil Feature belongs to every version.
type Feature struct {
	name    string
	source  string
	version semver.Version
}

// newFeature panics if the version cannot be read: the table is written by hand, and each
// test loads it.
func newFeature(source, version, name string) *Feature {
	return &Feature{name: name, source: source, version: semver.MustParse(version)}
}

// Name returns what the feature is called in the table: the path of a field as the user
// writes it, or a few words.
func (f *Feature) Name() string { return f.name }

// Source returns where the version is from: a file of the operator, or a release of
// Prometheus.
func (f *Feature) Source() string { return f.source }

// Version returns the first version of Prometheus with the feature.
func (f *Feature) Version() semver.Version { return f.version }

// In reports whether a Prometheus of the version has the feature.
func (f *Feature) In(version semver.Version) bool {
	return f == nil || version.GTE(f.version)
}

// String returns the version as users know it. The table has 3.0.0-0 where release
// candidates of 3.0.0 have the feature too.
func (f *Feature) String() string {
	return strings.TrimSuffix(f.version.String(), "-0")
}
