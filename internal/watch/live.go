package watch

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

// Live reads single objects from the API server itself, past all caches.
type Live struct{ Reader client.Reader }

// Monitor gives a *monitoringv1.ServiceMonitor and so on, or nil if there is none.
func (l Live) Monitor(ctx context.Context, kind, namespace, name string) (any, error) {
	object := selection.NewMonitor(kind)
	if object == nil {
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
