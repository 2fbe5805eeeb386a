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

// Monitor returns a *monitoringv1.ServiceMonitor and so on, or nil if there is none.
func (l Live) Monitor(ctx context.Context, ref selection.Ref) (selection.Object, error) {
	object := selection.NewMonitor(ref.Kind)
	if object == nil {
		return nil, fmt.Errorf("%s is not a kind of monitor", ref.Kind)
	}
	err := l.Reader.Get(ctx, client.ObjectKey{Namespace: ref.Namespace, Name: ref.Name}, object)
	if apierrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // that it does not exist is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", ref, err)
	}
	return object, nil
}
