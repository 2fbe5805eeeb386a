package judge

import (
	"cmp"
	"fmt"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

// defaultThanosVersion is the Thanos that the operator (v0.93.0) deploys when the object
// names none.
const defaultThanosVersion = "v0.42.2"

// utf8Thanos is the first Thanos for which the operator (v0.93.0) accepts any UTF-8 text
// as a name.
var utf8Thanos = semver.MustParse("0.38.0")

// RulerSnapshot returns what checks may know of a ThanosRuler. The operator reads each rule
// before a ThanosRuler does, with all of PromQL's feature flags off, whatever the object's
// enableFeatures say (v0.93.0, pkg/thanos/rules.go). The error is a version that cannot be
// read: the operator then writes no rule files.
func RulerSnapshot(r *monitoringv1.ThanosRuler) (validation.Snapshot, error) {
	text := defaultThanosVersion
	if r.Spec.Version != nil {
		text = cmp.Or(*r.Spec.Version, text)
	}
	version, err := semver.ParseTolerant(text)
	if err != nil {
		return validation.Snapshot{}, fmt.Errorf("%q is not a version of Thanos: %w", text, err)
	}
	s := validation.Permissive()
	// What only another version can call is named as such, and is a warning.
	s.PromQL = parser.Options{Functions: s.PromQL.Functions}
	if version.LT(utf8Thanos) {
		s.Names = model.LegacyValidation
	}
	s.Prometheus = validation.Prometheus{Name: r.Namespace + "/" + r.Name, Thanos: true, Version: version}
	return s, nil
}
