package judge

import (
	"fmt"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// A Ruler judges PrometheusRules for one ThanosRuler. It knows which fields are too new for
// it, and nothing else: what an expression may be is not known of Thanos.
type Ruler struct {
	name    string
	version semver.Version
}

// NewRuler makes the judge for a ThanosRuler. The error is a version that cannot be read.
func NewRuler(r *monitoringv1.ThanosRuler) (*Ruler, error) {
	version, err := promconfig.ThanosVersion(r)
	if err != nil {
		return nil, fmt.Errorf("making the judge of ThanosRuler %s/%s: %w", r.Namespace, r.Name, err)
	}
	return &Ruler{name: r.Namespace + "/" + r.Name, version: version}, nil
}

// Object implements [validation.Judge].
func (r *Ruler) Object(object any) validation.Verdict {
	rule, ok := object.(*monitoringv1.PrometheusRule)
	if !ok {
		return validation.Verdict{}
	}
	return validation.Verdict{Ignored: omitted(promconfig.RulesTooNewForThanos(rule, r.version), "Thanos", r.name, r.version.String())}
}
