package monitor

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// Static is a list of targets that stand in the object.
type Static struct {
	validation.Place

	Targets []string
	Labels  Labels

	// Probed says that a prober is asked for the targets, which it takes as they are.
	Probed bool
}

// Labels are those that targets get.
type Labels struct {
	validation.Place

	Values map[string]string
}

// A Probe is one in whole.
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
