package judge

import (
	"fmt"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// A Ruler judges PrometheusRules for one ThanosRuler. It reports the fields that are too new,
// and nothing else: the dialect of Thanos is not known.
type Ruler struct {
	name    string
	version semver.Version
}

// NewRuler returns the judge for a ThanosRuler. It fails if the version cannot be parsed.
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
