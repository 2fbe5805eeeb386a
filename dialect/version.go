package dialect

import (
	"fmt"

	"github.com/blang/semver/v4"
)

// A Version is a release of Prometheus, or of Alertmanager: major, minor and patch. The zero Version is no release.
type Version [3]uint64

// VersionOf returns the release that a version belongs to. A release candidate counts as the release.
func VersionOf(v semver.Version) Version { return Version{v.Major, v.Minor, v.Patch} }

// IsZero reports whether it is no release.
func (v Version) IsZero() bool { return v == Version{} }

// Before reports whether the release is older than another one.
func (v Version) Before(other Version) bool {
	for i := range v {
		if v[i] != other[i] {
			return v[i] < other[i]
		}
	}
	return false
}

// Full returns all of the version, as users know those of Alertmanager: 0.22.0.
func (v Version) Full() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// String returns the version as users know it: 3.14, or 3.7.3 for a patch release.
func (v Version) String() string {
	if v[2] == 0 {
		return fmt.Sprintf("%d.%d", v[0], v[1])
	}
	return v.Full()
}
