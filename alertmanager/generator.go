package alertmanager

import (
	"fmt"
	"strings"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/promconfig"
)

// DefaultVersion is the Alertmanager that the operator (v0.93.0) deploys when the object names none.
const DefaultVersion = "v0.33.1"

// A Generator renders objects for one Alertmanager. It holds no state beyond its inputs, and may be used by
// several goroutines if its Assets may.
type Generator struct {
	object  *monitoringv1.Alertmanager
	version semver.Version
	assets  promconfig.Assets
}

// New returns a generator for an Alertmanager. It fails if the operator cannot use the version: it then
// writes no configuration.
func New(a *monitoringv1.Alertmanager, assets promconfig.Assets) (*Generator, error) {
	text := a.Spec.Version
	if text == "" {
		text = DefaultVersion
	}
	version, err := semver.ParseTolerant(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a version of Alertmanager: %w", text, err)
	}
	if version.LT(semver.Version{Minor: 15}) || version.Major > 0 {
		return nil, fmt.Errorf("%q is not a version of Alertmanager that the operator supports", text)
	}
	return &Generator{object: a, version: version, assets: assets}, nil
}

// Name returns namespace/name of the Alertmanager.
func (g *Generator) Name() string { return g.object.Namespace + "/" + g.object.Name }

// Version returns the version of the Alertmanager.
func (g *Generator) Version() semver.Version { return g.version }

// Release returns the version of the Alertmanager that runs. It is not known where the image names another one than
// spec.version, which is all that the operator reads.
func (g *Generator) Release() (release semver.Version, known bool) {
	image := g.object.Spec.Image
	if image == nil || *image == "" {
		return g.version, true
	}
	name, _, _ := strings.Cut(*image, "@")
	_, tag, _ := strings.Cut(name[strings.LastIndex(name, "/")+1:], ":")
	named, err := semver.ParseTolerant(tag)
	switch {
	case err != nil:
		return g.version, g.object.Spec.Version != ""
	case named.Major != g.version.Major, named.Minor != g.version.Minor:
		return semver.Version{}, false
	}
	return g.version, true
}

// Has reports whether the Alertmanager is new enough for a feature.
func (g *Generator) Has(f *since.Feature) bool { return f.In(g.version) }

// Unmanaged reports whether the Alertmanager runs on the configuration of its Secret as it is: it selects no
// objects, and refers to no global AlertmanagerConfig.
func (g *Generator) Unmanaged() bool {
	return g.object.Spec.AlertmanagerConfigSelector == nil && g.object.Spec.AlertmanagerConfiguration == nil
}

// Features returns the feature flags that the Alertmanager runs with (v0.93.0, pkg/alertmanager/statefulset.go).
func (g *Generator) Features() []string {
	features := append([]string{}, g.object.Spec.EnableFeatures...)
	for _, a := range g.object.Spec.AdditionalArgs {
		if a.Name == "enable-feature" {
			features = append(features, strings.Split(a.Value, ",")...)
		}
	}
	return features
}

// Is reports whether the generator is for an object.
func (g *Generator) Is(a *monitoringv1.Alertmanager) bool { return g.object == a }
