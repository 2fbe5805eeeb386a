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

// Monitor returns a *monitoringv1.ServiceMonitor and so on, or nil if it does not exist.
func (l Live) Monitor(ctx context.Context, kind, namespace, name string) (any, error) {
	object := selection.NewObject(kind)
	if object == nil {
		return nil, fmt.Errorf("%s is not a kind of monitor", kind)
	}
	err := l.Reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object)
	if apierrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // that it does not exist is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s %s/%s: %w", kind, namespace, name, err)
	}
	return object, nil
}
