package judge

import (
	"errors"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// instance returns the verdict on an object that selects others: what the Prometheus or ThanosRuler would refuse of its own
// configuration, and the arguments with which it does not start. isInstance is false for any other object. Of Secrets and
// ConfigMaps it knows what [Judge.With] says.
func (j *Judge) instance(object any) (v validation.Verdict, isInstance bool) {
	var g *promconfig.Generator
	var err error
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		g, err = promconfig.New(o, j.assets, promconfig.AsInstalled())
	case *monitoringv1alpha1.PrometheusAgent:
		g, err = promconfig.NewAgent(o, j.assets, promconfig.AsInstalled())
	case *monitoringv1.ThanosRuler:
		v, err = j.limits.ruler(o)
	default:
		return validation.Verdict{}, false
	}
	switch {
	case err != nil:
		return validation.Verdict{Unusable: findings([]mistake{unusable(err)})}, true
	case g == nil:
		return v, true
	}
	v.Arguments = findings(j.limits.argumentMistakes(g, object))
	v.Features = findings(featureMistakes(g))
	if !g.Unmanaged() {
		own := NewWithin(j.limits, g, g.Global())
		v.Refused, v.Ignored = own.Global(), own.ignored(own.global.Ignored)
	}
	return v, true
}

// argumentMistakes returns those with which the container of the Prometheus or of its sidecar does not start.
func (l Limits) argumentMistakes(g *promconfig.Generator, object any) []mistake {
	line, args := newCommandLine(l, g), g.Arguments()
	mistakes := append(line.mistakes(args), line.contradictions(g, args)...)
	if web := g.Common().Web; web != nil {
		known := webCurves
		if line.beyondTable() {
			known = curves
		}
		mistakes = append(mistakes, webMistakes(web.WebConfigFileFields, "Prometheus", known)...)
	}
	if p, ok := object.(*monitoringv1.Prometheus); ok {
		mistakes = append(mistakes, sidecar(p)...)
	}
	return mistakes
}

// With returns a judge that reads the Secrets and ConfigMaps which an instance itself refers to from assets, and those of an
// AlertmanagerConfig. Without it they count as there, and nothing is refused because of them.
func (j *Judge) With(assets promconfig.Assets) *Judge {
	other := *j
	other.assets = assets
	if other.alertmanager != nil {
		other.alertmanager = anyAlertmanager(assets)
	}
	return &other
}

func unusable(err error) mistake {
	if u, ok := errors.AsType[*promconfig.UnusableError](err); ok {
		return mistaken(u.Field, u.Reason)
	}
	return mistaken(specPath, err.Error())
}
