package judge

import (
	"errors"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// instance returns the verdict on an object that selects others: what the Prometheus would
// or ThanosRuler would refuse of its own configuration, and the arguments with which it does not start. isInstance is false for any other object. Secrets and ConfigMaps
// are not read, and Prometheus refuses nothing because of them.
func (j *Judge) instance(object any) (v validation.Verdict, isInstance bool) {
	var g *promconfig.Generator
	var err error
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		g, err = promconfig.New(o, promconfig.Placeholders{}, promconfig.AsInstalled())
	case *monitoringv1alpha1.PrometheusAgent:
		g, err = promconfig.NewAgent(o, promconfig.Placeholders{}, promconfig.AsInstalled())
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
	v.Arguments = findings(newCommandLine(g).mistakes(g.Arguments()))
	if !g.Unmanaged() {
		own := NewWithin(j.limits, g, g.Global())
		v.Refused, v.Ignored = own.Global(), own.ignored(own.global.Ignored)
	}
	return v, true
}

func unusable(err error) mistake {
	if u, ok := errors.AsType[*promconfig.UnusableError](err); ok {
		return mistaken(u.Field, u.Reason)
	}
	return mistaken(specPath, err.Error())
}
