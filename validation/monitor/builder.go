package monitor

import (
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation/part"
)

// Text makes the text of a field below a place.
func (p Place) Text(name, value string) Text {
	return Text{Place: p.At(name), Value: value}
}

// Optional makes the text of a field that may not be there.
func Optional[T ~string](p Place, name string, value *T) Text {
	if value == nil {
		return p.Text(name, "")
	}
	text := p.Text(name, string(*value))
	text.Empty = *value == ""
	return text
}

// Relabelings makes a list of relabelings of targets.
func (p Place) Relabelings(name string, list []monitoringv1.RelabelConfig) Relabelings {
	return Relabelings{Place: p.At(name), List: list}
}

// MetricRelabelings makes a list of relabelings of samples.
func (p Place) MetricRelabelings(list []monitoringv1.RelabelConfig) Relabelings {
	return Relabelings{Place: p.At("metricRelabelings"), List: list, Metric: true}
}

// SafeTLS lifts a TLS configuration that cannot name files.
func SafeTLS(t *monitoringv1.SafeTLSConfig) *monitoringv1.TLSConfig {
	if t == nil {
		return nil
	}
	return &monitoringv1.TLSConfig{SafeTLSConfig: *t}
}

// AddScrape adds a scrape, with its durations and those of its discoveries.
func (o *Object) AddScrape(s Scrape) {
	o.Scrapes = append(o.Scrapes, s)
	o.addDurations(s.Interval, s.Timeout)
	for _, d := range s.Discoveries {
		o.addDurations(d.Durations...)
	}
}

// missing reports whether the object omits the field.
func (t Text) missing() bool { return t.Value == "" && !t.Empty }

// duration is the text as a duration.
func (t Text) duration() part.DurationField {
	return part.DurationField{Path: t.Path, Subject: t.Subject, Key: t.Key, Value: t.Value}
}

// addDurations notes the durations that are set.
func (o *Object) addDurations(texts ...Text) {
	for _, t := range texts {
		if !t.missing() {
			o.Durations = append(o.Durations, t.duration())
		}
	}
}

// SetScrapeClass notes the name of the scrape class, if there is one.
func (o *Object) SetScrapeClass(p Place, name *string) {
	if name != nil {
		o.ScrapeClass = &Text{Place: p.At("scrapeClass"), Value: *name}
	}
}

// Params makes the parameters of a URL, in the order of their names.
func (p Place) Params(values map[string][]string) Params {
	params := Params{Place: p.At("params"), Values: values}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := params.Place
		at.Path = at.Path.Key(name)
		params.Names = append(params.Names, Param{Place: at, Name: name, Values: values[name]})
	}
	return params
}
