package certs

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	expiryDesc = prometheus.NewDesc("promgate_certificate_expiry_timestamp_seconds",
		"When the served certificate expires, and the CA by which the webhook configurations accept it.", []string{"certificate"}, nil)
	matchesDesc = prometheus.NewDesc("promgate_certificate_ca_bundle_matches",
		"1 if the caBundle of a webhook configuration verifies the served certificate.", []string{"configuration"}, nil)
)

// meters count what a source does to the cluster.
type meters struct {
	written     *prometheus.CounterVec
	regenerated prometheus.Counter
}

func newMeters() meters {
	return meters{
		written: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_certificate_ca_bundle_writes_total",
			Help: "How often this replica wrote the caBundle of a webhook configuration.",
		}, []string{"configuration"}),
		regenerated: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "promgate_certificate_ca_regenerations_total",
			Help: "How often this replica replaced a CA whose Secret was missing or broken.",
		}),
	}
}

// Describe implements prometheus.Collector.
func (s *selfSigned) Describe(descs chan<- *prometheus.Desc) {
	s.gate.Describe(descs)
	s.written.Describe(descs)
	s.regenerated.Describe(descs)
}

// Collect implements prometheus.Collector.
func (s *selfSigned) Collect(metrics chan<- prometheus.Metric) {
	s.gate.Collect(metrics)
	s.written.Collect(metrics)
	s.regenerated.Collect(metrics)
}

// Describe implements prometheus.Collector.
func (g *gate) Describe(descs chan<- *prometheus.Desc) {
	descs <- expiryDesc
	descs <- matchesDesc
}

// Collect implements prometheus.Collector.
func (g *gate) Collect(metrics chan<- prometheus.Metric) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.current == nil {
		return
	}
	now := g.clock.Now()
	metrics <- gauge(expiryDesc, seconds(g.current.Leaf.NotAfter), "serving")
	if root := g.root(now); root != nil {
		metrics <- gauge(expiryDesc, seconds(root.NotAfter), "ca")
	}
	for _, c := range g.trust.configurations {
		if len(c.hooks) == 0 {
			continue
		}
		matches := 0.0
		if _, refused := (trust{configurations: []configuration{c}}).verified(g.current, now); refused == nil {
			matches = 1
		}
		metrics <- gauge(matchesDesc, matches, c.kind)
	}
}

func gauge(desc *prometheus.Desc, value float64, label string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, label)
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
