package upgrade

import (
	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

// A step is the upgrade of one Prometheus. The zero step changes nothing.
type step struct {
	from, to dialect.Version
	name     string // of the Prometheus
}

// stepOf returns the upgrade of the Prometheus that selects an object. A ThanosRuler is not upgraded.
func stepOf(p validation.Prometheus, to semver.Version) step {
	if !p.IsServer() {
		return step{}
	}
	return step{from: dialect.VersionOf(p.Version), to: dialect.VersionOf(to), name: p.Name}
}

// reaches reports whether the upgrade leads from before a release to it, or to a later one.
func (s step) reaches(release dialect.Version) bool {
	return !s.from.IsZero() && s.from.Before(release) && !s.to.Before(release)
}

// v3 is the release with most of the changes.
var v3 = dialect.Version{3, 0}

// since is the version of promgate that the checks came with.
const since = "v0.1.0"
