package rounds

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/validation"
)

// The stages of a round that may fail.
const (
	stageRead   = "read"
	stageAudit  = "audit"
	stageEvents = "events"
)

// metrics shows the numbers of the last audit that succeeded. All of them change at once.
type metrics struct {
	last   atomic.Pointer[snapshot]
	errors *prometheus.CounterVec
	events prometheus.Counter
}

// Findings have the label namespace, because that names the team that has to act. There is a series only
// for what was found: at most one for each finding, and far fewer than objects.
var (
	findingsDesc = prometheus.NewDesc("promgate_audit_findings", "Findings of the last audit.", []string{"check", "severity", "kind", "namespace"}, nil)
	objectsDesc  = prometheus.NewDesc("promgate_audit_objects", "Objects that the last audit looked at.", []string{"kind"}, nil)
	suppressDesc = prometheus.NewDesc("promgate_audit_suppressed_findings", "Findings of the last audit that annotations suppress.", nil, nil)
	unreadDesc   = prometheus.NewDesc("promgate_audit_unread", "1 for a kind of which the last audit had no permission to read some or all objects.", []string{"kind"}, nil)
	successDesc  = prometheus.NewDesc("promgate_audit_last_success_timestamp_seconds", "When the last audit that succeeded ended.", nil, nil)
	tookDesc     = prometheus.NewDesc("promgate_audit_last_duration_seconds", "How long the last audit that succeeded took, reading included.", nil, nil)
)

func newMetrics() *metrics {
	m := &metrics{
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "promgate_audit_errors_total", Help: "Audits that failed while they read the cluster or checked objects, and audits whose Events could not all be written."}, []string{"stage"}),
		events: prometheus.NewCounter(prometheus.CounterOpts{Name: "promgate_audit_events_total", Help: "Events that were written."}),
	}
	for _, stage := range []string{stageRead, stageAudit, stageEvents} {
		m.errors.WithLabelValues(stage)
	}
	return m
}

// failed counts a failure, unless the process is about to end.
func (m *metrics) failed(ctx context.Context, stage string) {
	if ctx.Err() == nil {
		m.errors.WithLabelValues(stage).Inc()
	}
}

func (m *metrics) store(s *snapshot) { m.last.Store(s) }

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{findingsDesc, objectsDesc, suppressDesc, unreadDesc, successDesc, tookDesc} {
		descs <- d
	}
}

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	s := m.last.Load()
	if s == nil {
		return
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	for of, n := range s.findings {
		gauge(findingsDesc, float64(n), of.check, string(of.severity), of.kind, of.namespace)
	}
	for kind, n := range s.objects {
		gauge(objectsDesc, float64(n), kind)
	}
	for _, kind := range s.unread {
		gauge(unreadDesc, 1, kind)
	}
	gauge(suppressDesc, float64(s.suppressed))
	gauge(successDesc, float64(s.ended.UnixMilli())/1000)
	gauge(tookDesc, s.took.Seconds())
}

// snapshot is what the metrics show of one audit.
type snapshot struct {
	findings   map[findingLabels]int
	objects    map[string]int
	unread     []string
	suppressed int
	ended      time.Time
	took       time.Duration
}

type findingLabels struct {
	check           string
	severity        validation.Severity
	kind, namespace string
}

func newSnapshot(r *format.Report, unread []string, ended time.Time, took time.Duration) *snapshot {
	s := &snapshot{findings: map[findingLabels]int{}, objects: map[string]int{}, unread: unread, suppressed: r.Summary.Suppressed, ended: ended, took: took}
	for _, f := range r.Findings {
		s.findings[findingLabels{f.Finding.Check, f.Finding.Severity, f.Kind, f.Namespace}]++
	}
	for _, o := range r.Checked {
		s.objects[o.Kind]++
	}
	return s
}
