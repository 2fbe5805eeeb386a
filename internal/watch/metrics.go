package watch

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/promgate/promgate/jobs"
)

// Metrics collects the size of the index and its age, for users whose tools do not show warnings.
type Metrics struct {
	Index *jobs.Index
	Watch *Watch
}

var (
	unselected = prometheus.NewDesc("promgate_unselected_objects",
		"Monitors and rules that no Prometheus selects and no reader of the configuration takes, and AlertmanagerConfigs that no Alertmanager uses, by kind and namespace.", []string{"kind", "namespace"}, nil)
	stale = prometheus.NewDesc("promgate_index_stale",
		"Whether promgate may have missed changes to objects of a kind, so that duplicate jobs are no more than warnings.", []string{"kind"}, nil)
	lastEvent = prometheus.NewDesc("promgate_index_last_event_timestamp_seconds",
		"When the API server last sent an event, a bookmark or a list of a kind.", []string{"kind"}, nil)
	lastKnown = prometheus.NewDesc("promgate_index_last_confirmed_timestamp_seconds",
		"Up to when promgate is known to have missed no change to objects of a kind.", []string{"kind"}, nil)
)

// Describe implements [prometheus.Collector].
func (m Metrics) Describe(descs chan<- *prometheus.Desc) {
	descs <- unselected
	descs <- stale
	descs <- lastEvent
	descs <- lastKnown
}

// Collect implements [prometheus.Collector].
func (m Metrics) Collect(metrics chan<- prometheus.Metric) {
	for group, n := range m.Index.Unselected() {
		metrics <- prometheus.MustNewConstMetric(unselected, prometheus.GaugeValue, float64(n), group.Kind, group.Namespace)
	}
	now := m.Watch.now()
	for _, k := range m.Watch.kinds {
		heard := k.heard.Load()
		if heard == nil || k.missing.Load() {
			continue
		}
		old := 0.0
		if k.stale(now) {
			old = 1
		}
		metrics <- prometheus.MustNewConstMetric(stale, prometheus.GaugeValue, old, k.name)
		metrics <- prometheus.MustNewConstMetric(lastEvent, prometheus.GaugeValue, secondsOf(*heard), k.name)
		metrics <- prometheus.MustNewConstMetric(lastKnown, prometheus.GaugeValue, secondsOf(*k.known()), k.name)
	}
}

func secondsOf(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
