package webhook

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// The result of a review: the values of the label result.
const (
	resultAllowed   = "allowed"
	resultDenied    = "denied"
	resultDefaulted = "defaulted" // labels were added
	resultUnchanged = "unchanged" // there was nothing to judge, or to add
	resultIgnored   = "ignored"   // the object is meant for another engine
	resultSkipped   = "skipped"   // a deletion, an object that is being deleted, or a subresource
	resultUnknown   = "unknown"   // the kind is not handled
	resultRetried   = "retried"   // the client should retry in a moment
	resultError     = "error"     // the object could not be checked
)

// Metrics are the metrics of both webhooks. No label holds the name of an object.
type Metrics struct {
	requests    *prometheus.CounterVec
	duration    *prometheus.HistogramVec
	findings    *prometheus.CounterVec
	suppressed  *prometheus.CounterVec
	defaulting  *prometheus.CounterVec
	badRequests *prometheus.CounterVec
	refusals    *prometheus.CounterVec
	held        *prometheus.GaugeVec
	busy        *prometheus.CounterVec
	waiting     prometheus.Gauge
	remembered  prometheus.Counter
	verdicts    prometheus.Gauge
	expressions prometheus.Gauge
	panics      prometheus.Counter
}

// NewMetrics returns the metrics, and registers them.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_admission_requests_total",
			Help: "Admission reviews, by webhook, kind, operation and result.",
		}, []string{"webhook", "kind", "operation", "result"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:                            "promgate_admission_duration_seconds",
			Help:                            "Time from the first byte of a review to its verdict.",
			Buckets:                         []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}, []string{"webhook"}),
		findings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_findings_total",
			Help: "Findings on objects, by check and severity.",
		}, []string{"check", "severity"}),
		suppressed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_suppressed_findings_total",
			Help: "Findings that an annotation of the object suppresses, by check.",
		}, []string{"check"}),
		defaulting: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_defaulted_objects_total",
			Help: "Objects that labels were added to, by kind.",
		}, []string{"kind"}),
		badRequests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_bad_requests_total",
			Help: "Requests that are not a valid admission review, by webhook and reason.",
		}, []string{"webhook", "reason"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_memory_refusals_total",
			Help: "Requests that were refused to stay within the memory limit, by webhook and reason.",
		}, []string{"webhook", "reason"}),
		held: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "promgate_memory_held_bytes",
			Help: "Memory that is held for bodies as far as they have arrived, and for reviews by their largest need.",
		}, []string{"purpose"}),
		busy: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_busy_refusals_total",
			Help: "Reviews that were refused at once since they would not have been done in time, by webhook.",
		}, []string{"webhook"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "promgate_waiting_reviews",
			Help: "Reviews that wait for a core.",
		}),
		remembered: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "promgate_remembered_verdicts_total",
			Help: "Reviews whose verdict was known from an equal review, with nothing changed since that it depends on.",
		}),
		verdicts: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "promgate_verdict_cache_bytes",
			Help: "Memory that remembered verdicts take, approximately.",
		}),
		expressions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "promgate_expression_cache_bytes",
			Help: "Memory that remembered expressions and templates take, approximately.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "promgate_panics_total",
			Help: "Panics in a webhook that were recovered. Each one is a bug.",
		}),
	}
	registry.MustRegister(m.requests, m.duration, m.findings, m.suppressed, m.defaulting, m.badRequests, m.refusals, m.held, m.busy, m.waiting, m.remembered, m.verdicts, m.expressions, m.panics)
	return m
}

func (m *Metrics) observe(webhook string, request *admissionv1.AdmissionRequest, result string, d time.Duration) {
	m.requests.WithLabelValues(webhook, knownKind(request.Kind.Kind), knownOperation(request.Operation), result).Inc()
	m.duration.WithLabelValues(webhook).Observe(d.Seconds())
}

func (m *Metrics) countFindings(found []validation.Finding) {
	for _, f := range found {
		m.findings.WithLabelValues(f.Check, string(f.Severity)).Inc()
	}
}

func (m *Metrics) countSuppressed(found []validation.Finding) {
	for _, f := range found {
		m.suppressed.WithLabelValues(f.Check).Inc()
	}
}

func (m *Metrics) defaulted(kind string) {
	m.defaulting.WithLabelValues(kind).Inc()
}

func (m *Metrics) badRequest(webhook, reason string) {
	m.badRequests.WithLabelValues(webhook, reason).Inc()
}

func (m *Metrics) refused(webhook, reason string) {
	m.refusals.WithLabelValues(webhook, reason).Inc()
}

// remembers sets what remembered verdicts take.
func (m *Metrics) remembers(bytes int64) { m.verdicts.Set(float64(bytes)) }

// remembersExpressions sets what remembered expressions and templates take.
func (m *Metrics) remembersExpressions(bytes int64) { m.expressions.Set(float64(bytes)) }

// holds sets what all requests together hold.
func (m *Metrics) holds(bodies, reviews int64) {
	m.held.WithLabelValues("bodies").Set(float64(bodies))
	m.held.WithLabelValues("reviews").Set(float64(reviews))
}

// knownKind returns the kind, or "other" for a kind that a caller made up.
func knownKind(kind string) string {
	if _, known := selection.KindNamed(kind); known {
		return kind
	}
	return "other"
}

func knownOperation(o admissionv1.Operation) string {
	switch o {
	case admissionv1.Create, admissionv1.Update, admissionv1.Delete, admissionv1.Connect:
		return string(o)
	}
	return "other"
}
