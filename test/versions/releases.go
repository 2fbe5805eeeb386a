package versions

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// A Release is a version of the module github.com/prometheus/prometheus. As a module, Prometheus
// 2.55.0 is v0.55.0, and Prometheus 3.16.0 is v0.316.0.
type Release string

// allReleases lists the releases that are asked, oldest first: the first one of each minor version, and
// patch releases that accept something else than the one before. A new release is a line here.
var allReleases = []Release{
	"v0.37.0",
	"v0.38.0",
	"v0.39.0",
	"v0.40.0",
	"v0.41.0",
	"v0.42.0",
	"v0.43.0",
	"v0.44.0",
	"v0.45.0",
	"v0.46.0",
	"v0.47.0",
	"v0.48.0",
	"v0.49.0",
	"v0.50.0",
	"v0.51.0",
	"v0.52.0",
	"v0.53.0",
	"v0.54.0",
	"v0.55.0",
	"v0.300.0",
	"v0.301.0",
	"v0.302.0",
	"v0.303.0",
	"v0.304.0",
	"v0.305.0",
	"v0.306.0",
	"v0.307.0",
	"v0.307.2",
	"v0.308.0",
	"v0.309.0",
	"v0.310.0",
	"v0.311.0",
	"v0.311.2",
	"v0.312.0",
	"v0.313.0",
	"v0.314.0",
	"v0.315.0",
	"v0.316.0",
}

// Releases returns the releases that are asked: those that the variable VERSIONS names, or all.
func Releases() []Release {
	only := os.Getenv("VERSIONS")
	if only == "" {
		return slices.Clone(allReleases)
	}
	return slices.DeleteFunc(slices.Clone(allReleases), func(r Release) bool { return !slices.Contains(strings.Split(only, ","), string(r)) })
}

// Prometheus returns the version as users know it: 3.16.0.
func (r Release) Prometheus() (string, error) {
	parts := strings.Split(strings.TrimPrefix(string(r), "v"), ".")
	if len(parts) != 3 || parts[0] != "0" {
		return "", fmt.Errorf("%s is not a version of the module: it must be v0.MINOR.PATCH", r)
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return "", fmt.Errorf("%s is not a version of the module: %w", r, err)
	}
	major := 2
	if n >= 300 {
		major, n = n/100, n%100
	}
	return fmt.Sprintf("%d.%d.%s", major, n, parts[2]), nil
}
