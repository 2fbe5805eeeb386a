package monitor

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// Static is a list of targets in the object itself.
type Static struct {
	validation.Place

	Targets []string
	Labels  Labels

	// Namespace is the label namespace that the operator adds, unless the object sets it.
	Namespace string

	// Probed reports that Prometheus asks a prober for the targets, which accepts any text.
	Probed bool
}

// Labels are the labels of static targets.
type Labels struct {
	validation.Place

	Values map[string]string
}

// A Probe is a Probe object as a whole.
type Probe struct {
	validation.Place
	*monitoringv1.ProbeSpec
}

// labelsOf walks to the labels of static targets.
func labelsOf(o *Object) []Labels {
	var all []Labels
	for _, s := range o.Scrapes {
		for _, static := range s.Static {
			all = append(all, static.Labels)
		}
	}
	return all
}

// probesOf walks to the Probe, if the object is one.
func probesOf(o *Object) []Probe {
	if o.Probe == nil {
		return nil
	}
	return []Probe{*o.Probe}
}
