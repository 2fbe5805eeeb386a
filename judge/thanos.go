package judge

import (
	"fmt"
	"strings"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// A Ruler judges PrometheusRules for one ThanosRuler. It reports the fields that are too new;
// the checks on rules parse the expressions.
type Ruler struct {
	name     string
	version  semver.Version
	features []string
	object   *monitoringv1.ThanosRuler
}

// NewRuler returns the judge for a ThanosRuler. It fails if the version cannot be parsed: the
// operator then writes no rule files.
func NewRuler(r *monitoringv1.ThanosRuler) (*Ruler, error) {
	version, err := promconfig.ThanosVersion(r)
	if err != nil {
		return nil, fmt.Errorf("making the judge of ThanosRuler %s/%s: %w", r.Namespace, r.Name, err)
	}
	return &Ruler{
		name: r.Namespace + "/" + r.Name, version: version,
		features: dialect.ThanosFeatures(dialect.VersionOf(version), featureArguments(r)), object: r,
	}, nil
}

// featureArguments returns the values of the arguments enable-feature that the operator starts a ThanosRuler with
// (v0.93.0, pkg/thanos/statefulset.go): its list of features is one argument.
func featureArguments(r *monitoringv1.ThanosRuler) []string {
	var list, values []string
	for _, f := range r.Spec.EnableFeatures {
		list = append(list, string(f))
	}
	values = append(values, strings.Join(list, ","))
	for _, a := range r.Spec.AdditionalArgs {
		if a.Name == "enable-feature" {
			values = append(values, a.Value)
		}
	}
	return values
}

// Object implements [validation.Judge].
func (r *Ruler) Object(object any) validation.Verdict {
	rule, ok := object.(*monitoringv1.PrometheusRule)
	if !ok {
		return validation.Verdict{}
	}
	return validation.Verdict{
		Ignored:       omitted(promconfig.RulesTooNewForThanos(rule, r.version), "Thanos", r.name, r.version.String()),
		EnforcedLabel: promconfig.EnforcedByThanos(r.object, rule.Namespace, rule.Name),
	}
}

// Snapshot returns what checks may know of the ThanosRuler that the judge speaks for. The
// operator reads each rule before a ThanosRuler does, with all of PromQL's feature flags off,
// whatever the object's enableFeatures say (v0.93.0, pkg/thanos/rules.go). Then Thanos reads it, and there
// the version and the flags count: a function that needs no flag any more in the operator's parser may need one in
// that of Thanos.
func (r *Ruler) Snapshot() validation.Snapshot {
	s := validation.Permissive()
	s.Judge = r
	// What only another version can call is named as such, and is a warning.
	s.PromQL = parser.Options{Functions: s.PromQL.Functions}
	if !since.ThanosUTF8Names.In(r.version) {
		s.Names = model.LegacyValidation
	}
	s.Prometheus = validation.Prometheus{Name: r.name, Thanos: true, Version: r.version, Features: r.features}
	return s
}
