package reconcile

import (
	"context"
	"errors"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/selection"
)

// condition sets promgate's condition, and touches no other. That it fails is logged: the
// configuration counts more.
func (r *Reporter) condition(ctx context.Context, prometheus selection.Object, ref selection.Ref, now condition) {
	now.message, now.generation = report.ClipBytes(now.message, maxMessage), prometheus.GetGeneration()
	before, known := r.conditions[ref]
	if !known {
		before = r.stored(ctx, prometheus, ref)
	}
	now.since = before.since
	if now == before {
		r.conditions[ref] = now
		return
	}
	if now.status != before.status || now.since.IsZero() {
		now.since = metav1.Time{Time: time.Now().Truncate(time.Second)}
	}
	err := r.apply(ctx, prometheus, ref, []any{map[string]any{
		"type": ProvenCondition, "status": now.status, "reason": now.reason, "message": now.message,
		"observedGeneration": now.generation, "lastTransitionTime": now.since.UTC().Format(time.RFC3339),
	}})
	if err == nil {
		r.conditions[ref] = now
	}
}

// withdraw takes the condition back from one that is none of ours any more.
func (r *Reporter) withdraw(ctx context.Context, prometheus selection.Object, ref selection.Ref) {
	if _, told := r.conditions[ref]; told {
		_ = r.apply(ctx, prometheus, ref, []any{}) // logged; the condition says for which generation it is
	}
}

// apply sets those conditions that are promgate's. An error is logged, but for those of an
// object that is gone.
func (r *Reporter) apply(ctx context.Context, prometheus selection.Object, ref selection.Ref, conditions []any) error {
	u := &unstructured.Unstructured{Object: map[string]any{"status": map[string]any{"conditions": conditions}}}
	kind, _ := selection.KindOf(prometheus)
	u.SetGroupVersionKind(kind.GroupVersionKind)
	u.SetNamespace(ref.Namespace)
	u.SetName(ref.Name)
	u.SetUID(prometheus.GetUID()) // never one that took its name
	err := r.client.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(u), client.FieldOwner(FieldManager), client.ForceOwnership)
	// After a conflict it was deleted and made anew: the next pass tells.
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) && !errors.Is(err, context.Canceled) {
		r.logger.Error("could not set the condition", "prometheus", ref.String(), "error", err)
	}
	return err //nolint:wrapcheck // it has been told
}

// stored is the condition that another process set.
func (r *Reporter) stored(ctx context.Context, prometheus selection.Object, ref selection.Ref) condition {
	var conditions []monitoringv1.Condition
	key := client.ObjectKey{Namespace: ref.Namespace, Name: ref.Name}
	switch prometheus.(type) {
	case *monitoringv1.Prometheus:
		p := &monitoringv1.Prometheus{}
		if r.reader.Get(ctx, key, p) == nil {
			conditions = p.Status.Conditions
		}
	case *monitoringv1alpha1.PrometheusAgent:
		p := &monitoringv1alpha1.PrometheusAgent{}
		if r.reader.Get(ctx, key, p) == nil {
			conditions = p.Status.Conditions
		}
	}
	for _, c := range conditions {
		if c.Type == ProvenCondition {
			return condition{status: string(c.Status), reason: c.Reason, message: c.Message, generation: c.ObservedGeneration, since: c.LastTransitionTime}
		}
	}
	return condition{}
}
