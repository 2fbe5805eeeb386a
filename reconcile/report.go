package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// ProvenCondition is the type of the condition that promgate sets on a Prometheus object.
const ProvenCondition = "promgate.dev/Proven"

// A Reporter reports the results of the loop: in conditions of the Prometheus object, in Events on
// objects that are left out, in metrics and in the log.
type Reporter struct {
	client   client.Client
	reader   client.Reader
	recorder events.EventRecorder
	metrics  *metrics
	logger   *slog.Logger

	reported   map[selection.Ref]map[selection.Ref]string // by Prometheus: the last message about each object that is left out
	warned     map[selection.Ref]map[selection.Ref]string // by Prometheus: the last findings about each included object whose requests fail
	conditions map[selection.Ref]condition
}

type condition struct {
	status, reason, message string
	generation              int64
	since                   metav1.Time
}

// leftOut reports each object that is left out, and each object that is included again, once.
func (r *Reporter) leftOut(object func(selection.Ref) selection.Object, prometheus selection.Ref, c *render.Configuration) {
	now := map[selection.Ref]string{}
	for _, l := range c.LeftOut {
		ref := selection.Ref{Kind: l.Kind, Namespace: l.Namespace, Name: l.Name}
		now[ref] = describeLeftOut(l)
		if r.reported[prometheus][ref] == now[ref] {
			continue
		}
		r.logger.Warn("left out", "prometheus", prometheus.String(), "object", ref.String(), "partly", l.Partly, "reason", now[ref])
		if o := object(ref); o != nil {
			r.recorder.Eventf(o, nil, corev1.EventTypeWarning, "LeftOut", "Select", "%s", report.ClipBytes(fmt.Sprintf("Prometheus %s/%s: %s", prometheus.Namespace, prometheus.Name, now[ref]), maxNote))
		}
	}
	for ref := range r.reported[prometheus] {
		if _, still := now[ref]; still {
			continue
		}
		if o := object(ref); o != nil {
			r.logger.Info("no longer left out", "prometheus", prometheus.String(), "object", ref.String())
			r.recorder.Eventf(o, nil, corev1.EventTypeNormal, "TakenIn", "Select", "Prometheus %s/%s: no longer left out", prometheus.Namespace, prometheus.Name)
		}
	}
	r.reported[prometheus] = now
	r.metrics.leftOut(prometheus, c)
}

// warn reports, once, the objects in the configuration whose requests fail.
func (r *Reporter) warn(object func(selection.Ref) selection.Object, prometheus selection.Ref, c *render.Configuration) {
	now := map[selection.Ref]string{}
	for _, w := range render.Attribute(c.Warnings, prometheus) {
		now[w.Object] = keysOf(w.Findings)
		if r.warned[prometheus][w.Object] == now[w.Object] {
			continue
		}
		reason := linesOf(w.Findings)
		r.logger.Warn("requests fail", "prometheus", prometheus.String(), "object", w.Object.String(), "reason", reason)
		if o := object(w.Object); o != nil {
			r.recorder.Eventf(o, nil, corev1.EventTypeWarning, "UnusableCredentials", "Select", "%s", report.ClipBytes(fmt.Sprintf("Prometheus %s/%s: %s", prometheus.Namespace, prometheus.Name, reason), maxNote))
		}
	}
	r.warned[prometheus] = now
}

// maxNote is the API server's limit for the note of an Event, in bytes. maxMessage bounds the
// message of a condition.
const (
	maxNote    = 1000
	maxMessage = 4000
)

func describeLeftOut(l render.LeftOut) string {
	what := "left out: "
	if l.Partly {
		what = "left out in part: "
	}
	return what + linesOf(l.Findings)
}

func linesOf(findings []validation.Finding) string {
	lines := make([]string, len(findings))
	for i, f := range findings {
		lines[i] = report.Line(f, report.ReadableLimits())
	}
	return strings.Join(lines, "; ")
}

// keysOf identifies findings by their content: a message says how long ago a certificate expired.
func keysOf(findings []validation.Finding) string {
	keys := make([]string, len(findings))
	for i, f := range findings {
		keys[i] = f.Path.String() + " " + f.Key
	}
	return strings.Join(keys, "; ")
}

// proven reports that the written configuration matches the objects.
func (r *Reporter) proven(ctx context.Context, prometheus selection.Object, ref selection.Ref, c *render.Configuration, changed bool) {
	rules := 0
	for _, configMap := range c.RuleConfigMaps {
		rules += len(configMap.Files)
	}
	r.metrics.proven(ref, c, rules, changed)
	reason, message := "Proven", fmt.Sprintf("%d jobs and %d rule files", c.Jobs, rules)
	if n := len(c.LeftOut); n > 0 {
		names := make([]string, n)
		for i, l := range c.LeftOut {
			names[i] = l.Kind + " " + l.Namespace + "/" + l.Name
		}
		reason, message = "ObjectsLeftOut", fmt.Sprintf("%s; left out: %s", message, strings.Join(names, ", "))
	}
	if changed {
		r.logger.Info("wrote a configuration", "prometheus", ref.String(), "jobs", c.Jobs, "ruleFiles", rules, "leftOut", len(c.LeftOut))
	}
	if size := c.Size(); size > nearSecret {
		r.logger.Warn("the configuration is near the size limit of a Secret", "prometheus", ref.String(), "bytes", size, "limit", maxSecret)
		message += fmt.Sprintf("; it has %d bytes compressed, and a Secret holds at most %d", size, maxSecret)
	}
	r.condition(ctx, prometheus, ref, condition{status: "True", reason: reason, message: message})
}

// nearSecret is the size, in bytes, from which a configuration's size is reported.
const nearSecret = maxSecret / 10 * 8

// unproven reports why the written configuration stays unchanged.
func (r *Reporter) unproven(ctx context.Context, prometheus selection.Object, ref selection.Ref, p problem) {
	r.metrics.unproven(ref, p.reason)
	if before := r.conditions[ref]; before.reason != p.reason || before.message != report.ClipBytes(p.message, maxMessage) {
		r.logger.Warn("the written configuration stays unchanged", "prometheus", ref.String(), "reason", p.reason, "message", p.message)
		r.recorder.Eventf(prometheus, nil, corev1.EventTypeWarning, p.reason, "Write", "%s", report.ClipBytes("the written configuration stays unchanged: "+p.message, maxNote))
	}
	r.condition(ctx, prometheus, ref, condition{status: "False", reason: p.reason, message: p.message})
}

// forget drops what is known about a Prometheus that is deleted or no longer managed.
func (r *Reporter) forget(ref selection.Ref) {
	delete(r.reported, ref)
	delete(r.warned, ref)
	delete(r.conditions, ref)
	r.metrics.forget(ref)
}

func (r *Reporter) passed(took time.Duration, err error) {
	result := "success"
	if err != nil {
		result = "error"
	}
	r.metrics.passes.WithLabelValues(result).Observe(took.Seconds())
}
