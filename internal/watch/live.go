package watch

import (
	"context"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Live reads single objects from the API server itself, past all caches.
type Live struct{ Reader client.Reader }

// Monitor gives a *monitoringv1.ServiceMonitor and so on, or nil if there is none.
func (l Live) Monitor(ctx context.Context, kind, namespace, name string) (any, error) {
	var object client.Object
	switch kind {
	case monitoringv1.ServiceMonitorsKind:
		object = &monitoringv1.ServiceMonitor{}
	case monitoringv1.PodMonitorsKind:
		object = &monitoringv1.PodMonitor{}
	case monitoringv1.ProbesKind:
		object = &monitoringv1.Probe{}
	case monitoringv1alpha1.ScrapeConfigsKind:
		object = &monitoringv1alpha1.ScrapeConfig{}
	default:
		return nil, fmt.Errorf("%s is no monitor", kind)
	}
	err := l.Reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object)
	if apierrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // that there is none is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s %s/%s: %w", kind, namespace, name, err)
	}
	return object, nil
}
