package watch

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/promgate/promgate/selection"
)

// Metrics say what the index knows: whoever applies with a tool that shows no warnings
// sees it there.
type Metrics struct{ Index *selection.Index }

var unselected = prometheus.NewDesc("promgate_unselected_objects",
	"Monitors that no Prometheus selects, by kind and namespace.", []string{"kind", "namespace"}, nil)

// Describe implements [prometheus.Collector].
func (m Metrics) Describe(descs chan<- *prometheus.Desc) { descs <- unselected }

// Collect implements [prometheus.Collector].
func (m Metrics) Collect(metrics chan<- prometheus.Metric) {
	for group, n := range m.Index.Unselected() {
		metrics <- prometheus.MustNewConstMetric(unselected, prometheus.GaugeValue, float64(n), group.Kind, group.Namespace)
	}
}
