package reconcile

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/selection"
)

// metrics have the labels of the Prometheus object; only what is left out is told by name,
// since somebody has to find it.
type metrics struct {
	passes *prometheus.HistogramVec

	state, size, jobs, ruleFiles *prometheus.GaugeVec
	out                          *prometheus.GaugeVec
	writes                       *prometheus.CounterVec
	problems                     *prometheus.GaugeVec
}

// NewReporter registers the metrics. Client writes conditions, reader reads those of an
// earlier process.
func NewReporter(c client.Client, reader client.Reader, recorder events.EventRecorder, registry prometheus.Registerer, logger *slog.Logger) *Reporter {
	of := []string{"kind", "namespace", "name"}
	gauge := func(name, help string, more ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "promgate_reconcile_" + name, Help: help}, append(append([]string{}, of...), more...))
	}
	m := &metrics{
		passes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:                            "promgate_reconcile_pass_duration_seconds",
			Help:                            "Time to bring the configuration of one Prometheus in step.",
			Buckets:                         []float64{.001, .005, .01, .05, .1, .5, 1, 5, 10, 30},
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}, []string{"result"}),
		state:     gauge("proven", "Whether what is written for a Prometheus is what its objects give now."),
		problems:  gauge("problem", "Why what is written for a Prometheus stays as it is.", "reason"),
		size:      gauge("configuration_bytes", "Size of the configuration, compressed. A Secret holds 1048576."),
		jobs:      gauge("jobs", "Scrape configurations."),
		ruleFiles: gauge("rule_files", "Rule files."),
		out:       gauge("left_out", "Objects that a Prometheus selects and that are left out, as a whole or in part.", "object_kind", "object_namespace", "object_name"),
		writes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_reconcile_writes_total",
			Help: "Configurations that were written, because they differ.",
		}, of),
	}
	registry.MustRegister(m.passes, m.state, m.problems, m.size, m.jobs, m.ruleFiles, m.out, m.writes)
	return &Reporter{
		client: c, reader: reader, recorder: recorder, metrics: m, logger: logger,
		told: map[selection.Ref]map[selection.Ref]string{}, warned: map[selection.Ref]map[selection.Ref]string{}, conditions: map[selection.Ref]condition{},
	}
}

func labelsOf(ref selection.Ref) prometheus.Labels {
	return prometheus.Labels{"kind": ref.Kind, "namespace": ref.Namespace, "name": ref.Name}
}

func (m *metrics) leftOut(ref selection.Ref, c *render.Configuration) {
	m.out.DeletePartialMatch(labelsOf(ref))
	for _, l := range c.LeftOut {
		m.out.WithLabelValues(ref.Kind, ref.Namespace, ref.Name, l.Kind, l.Namespace, l.Name).Set(1)
	}
}

func (m *metrics) proven(ref selection.Ref, c *render.Configuration, rules int, changed bool) {
	of := labelsOf(ref)
	m.problems.DeletePartialMatch(of)
	m.state.With(of).Set(1)
	m.size.With(of).Set(float64(c.Size()))
	m.jobs.With(of).Set(float64(c.Jobs))
	m.ruleFiles.With(of).Set(float64(rules))
	if changed {
		m.writes.With(of).Inc()
	}
}

func (m *metrics) unproven(ref selection.Ref, reason string) {
	of := labelsOf(ref)
	m.problems.DeletePartialMatch(of)
	m.state.With(of).Set(0)
	m.problems.WithLabelValues(ref.Kind, ref.Namespace, ref.Name, reason).Set(1)
}

func (m *metrics) forget(ref selection.Ref) {
	of := labelsOf(ref)
	for _, vec := range []*prometheus.GaugeVec{m.state, m.problems, m.size, m.jobs, m.ruleFiles, m.out} {
		vec.DeletePartialMatch(of)
	}
	m.writes.DeletePartialMatch(of)
}
