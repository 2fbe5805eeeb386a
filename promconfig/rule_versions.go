package promconfig

import (
	"fmt"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// ruleFeatures are the fields of rules that came later than the oldest engine.
type ruleFeatures struct {
	engine                                    string
	limit, queryOffset, labels, keepFiringFor *since.Feature
}

var (
	prometheusRules = ruleFeatures{"Prometheus", since.RuleGroupLimit, since.RuleGroupQueryOffset, since.RuleGroupLabels, since.KeepFiringFor}
	thanosRules     = ruleFeatures{"Thanos", since.ThanosRuleGroupLimit, since.ThanosRuleGroupQueryOffset, since.ThanosRuleGroupLabels, since.ThanosKeepFiringFor}
)

// RulesTooNew returns the fields of a PrometheusRule that the Prometheus is too old for. The
// operator omits them. They are among those of [Generator.RuleFile], which renders the whole
// object.
func (g *Generator) RulesTooNew(r *monitoringv1.PrometheusRule) []Ignored {
	return prometheusRules.tooNew(&r.Spec, g.version)
}

// defaultThanosVersion is the Thanos that the operator (v0.93.0) deploys when the object
// names none.
const defaultThanosVersion = "v0.42.2"

// ThanosVersion returns the version that a ThanosRuler runs. It fails with an [UnusableError].
func ThanosVersion(ruler *monitoringv1.ThanosRuler) (semver.Version, error) {
	name := orDefault(ruler.Spec.Version, "")
	if name == "" {
		name = defaultThanosVersion
	}
	version, err := semver.ParseTolerant(name)
	if err != nil {
		return semver.Version{}, unusablef(versionPath, "%q is not a version of Thanos: %s", name, err)
	}
	return version, nil
}

// SidecarVersion returns the version of the Thanos sidecar. An empty one counts, and cannot be read.
func SidecarVersion(t *monitoringv1.ThanosSpec) (semver.Version, error) {
	return semver.ParseTolerant(orDefault(t.Version, defaultThanosVersion)) //nolint:wrapcheck // the caller names the field
}

// RulesTooNewForThanos returns the fields of a PrometheusRule that a ThanosRuler of the
// version is too old for.
func RulesTooNewForThanos(r *monitoringv1.PrometheusRule, version semver.Version) []Ignored {
	return thanosRules.tooNew(&r.Spec, version)
}

func (f ruleFeatures) tooNew(spec *monitoringv1.PrometheusRuleSpec, version semver.Version) []Ignored {
	var ignored []Ignored
	check := func(feature *since.Feature, isSet bool, field fieldpath.Path) {
		if isSet {
			ignored = append(ignored, Ignored{Field: field, Reason: fmt.Sprintf("needs %s %s, this one is %s", f.engine, feature, version), Since: feature})
		}
	}
	limit, offset := !f.limit.In(version), !f.queryOffset.In(version)
	labels, keep := !f.labels.In(version), !f.keepFiringFor.In(version)
	if !limit && !offset && !labels && !keep {
		return nil
	}
	for i := range spec.Groups {
		group, at := &spec.Groups[i], groupsPath.Index(i)
		check(f.limit, limit && group.Limit != nil, at.Field("limit"))
		check(f.queryOffset, offset && group.QueryOffset != nil, at.Field("query_offset"))
		check(f.labels, labels && len(group.Labels) > 0, at.Field("labels"))
		for j := range group.Rules {
			if keep && group.Rules[j].KeepFiringFor != nil {
				check(f.keepFiringFor, true, at.Field("rules").Index(j).Field("keep_firing_for"))
			}
		}
	}
	return ignored
}
