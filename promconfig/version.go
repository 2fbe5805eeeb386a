package promconfig

import (
	"fmt"
	"slices"

	"github.com/blang/semver/v4"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/relabeling"
)

// DefaultVersion is the Prometheus that the operator (v0.93.0) deploys when the
// object names none.
const DefaultVersion = "v3.13.1"

// An UnusableError is the reason why the operator can configure nothing for a Prometheus or a
// ThanosRuler: a mistake of the user's in a field.
type UnusableError struct {
	Field  fieldpath.Path
	Reason string
}

func (e *UnusableError) Error() string { return e.Reason }

func unusablef(field fieldpath.Path, format string, args ...any) error {
	return &UnusableError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

// versionPath leads to the version that an object names.
var versionPath = specPath.Field("version")

// parseVersion reads a version as the operator does: "v3.1" is 3.1.0.
func parseVersion(s string) (semver.Version, error) {
	if s == "" {
		s = DefaultVersion
	}
	v, err := semver.ParseTolerant(s)
	if err != nil {
		return semver.Version{}, unusablef(versionPath, "%q is not a version of Prometheus: %s", s, err)
	}
	if v.Major != 2 && v.Major != 3 {
		return semver.Version{}, unusablef(versionPath, "%q is neither Prometheus 2 nor 3", s)
	}
	return v, nil
}

// has reports whether the Prometheus is new enough for a feature.
func (g *Generator) has(f *since.Feature) bool {
	return f.In(g.version)
}

// Has reports whether the Prometheus is new enough for a feature.
func (g *Generator) Has(f *since.Feature) bool { return g.has(f) }

// LegacyLabels reports whether the Prometheus refuses its configuration over a label name with
// other characters than letters, digits and _ wherever the YAML has one: version 2, unless
// it is 2.55 or later with the feature flag utf8-names.
func (g *Generator) LegacyLabels() bool {
	return !g.UTF8Names() && (!g.has(since.UTF8SourceLabels) || !slices.Contains(g.spec.EnableFeatures, "utf8-names"))
}

// ConfiguredNames reports whether the scheme of names that the Prometheus is configured with applies to labels
// in its configuration.
func (g *Generator) ConfiguredNames() bool { return g.has(since.ConfiguredNames) }

// Names returns the names of metrics and labels that the Prometheus accepts in its configuration and
// in rules, with the scheme that it is configured with. Until 3.6 the scheme limits nothing but what
// is scraped.
func (g *Generator) Names(configured model.ValidationScheme) model.ValidationScheme {
	switch {
	case g.LegacyLabels():
		return model.LegacyValidation
	case !g.has(since.ConfiguredNames):
		return model.UTF8Validation
	}
	return configured
}

// RelabelNames returns the names of labels that the Prometheus accepts where relabelings write one.
func (g *Generator) RelabelNames(configured model.ValidationScheme) relabeling.Names {
	names := relabeling.Names{Scheme: g.Names(configured)}
	switch {
	case !g.has(since.AnyTemplates):
		names.Templates = relabeling.OldTemplates
	case g.has(since.ConfiguredNames) && !g.has(since.LegacyTemplates):
		names.Templates = relabeling.PlainTemplates
	}
	return names
}
