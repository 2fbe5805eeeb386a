package monitor

import (
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// AddScrape adds a scrape, with its durations and the durations of its discoveries.
func (o *Object) AddScrape(s Scrape) {
	o.Scrapes = append(o.Scrapes, s)
	o.addDurations(s.Interval, s.Timeout)
	for _, d := range s.Discoveries {
		o.addDurations(d.Durations...)
	}
}

// addDurations adds the durations that are set.
func (o *Object) addDurations(texts ...validation.Text) {
	for _, t := range texts {
		if !t.Omitted() {
			o.Durations = append(o.Durations, t)
		}
	}
}

// SetScrapeClass sets the name of the scrape class, if the object names one.
func (o *Object) SetScrapeClass(p validation.Place, name *string) {
	if name != nil {
		o.ScrapeClass = &validation.Text{Place: p.At("scrapeClass"), Value: *name}
	}
}

// MapParams returns the parameters at a place that is a map, in the order of their names.
func MapParams(at validation.Place, values map[string][]string) Params {
	params := Params{Place: at, Values: values}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		params.Names = append(params.Names, Param{Place: at.AtKey(name), Name: name, Values: values[name]})
	}
	return params
}

// RememberJobName is the first relabeling that prometheus-operator v0.93.0 writes for each job.
func RememberJobName() monitoringv1.RelabelConfig {
	return monitoringv1.RelabelConfig{SourceLabels: []monitoringv1.LabelName{"job"}, TargetLabel: "__tmp_prometheus_job_name"}
}

// SetLabel is a relabeling that sets a label to a constant.
func SetLabel(name, value string) monitoringv1.RelabelConfig {
	return monitoringv1.RelabelConfig{TargetLabel: name, Replacement: &value}
}
