package watch

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Discovery lists the kinds that the API server has. It must not answer from a cache.
type Discovery interface {
	ServerResourcesForGroupVersionWithContext(ctx context.Context, groupVersion string) (*metav1.APIResourceList, error)
}

// installed reports whether the cluster has a kind; otherwise is the result where the API
// server does not answer.
func (w *Watch) installed(ctx context.Context, k *kind, otherwise bool) bool {
	list, err := w.discovery.ServerResourcesForGroupVersionWithContext(ctx, k.group.String())
	if apierrors.IsNotFound(err) {
		return false
	}
	if err != nil {
		w.logger.Warn("could not find out whether the cluster has a kind", "kind", k.name, "error", err)
		return otherwise
	}
	return slices.ContainsFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Kind == k.name })
}

// untilGone returns when the cluster no longer has the kind, after its objects are forgotten.
// As a rule the API server reports each of them as deleted before it drops the kind. If the
// watch was broken just then, the informer would keep them for good: a deleted monitor would
// hold its job.
func (w *Watch) untilGone(ctx context.Context, k *kind) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.unserved:
		}
		// One answer may come from a server that has not heard of the kind yet.
		if !w.mayVanish(k) || w.installed(ctx, k, true) {
			continue
		}
		w.logger.Warn("the cluster no longer has a kind; forgetting its objects until it is back", "kind", k.name)
		k.missing.Store(true)
		if err := w.cache.RemoveInformer(ctx, k.object); err != nil {
			w.logger.Error("ending the watch of a kind", "kind", k.name, "error", err)
		}
		k.synced.Store(nil)
		k.session.end(func() { w.sink.Forget(k.name) })
		return
	}
}

// mayVanish reports whether the objects of a kind are forgotten once the cluster does not
// have it: every cluster has the kinds of Kubernetes itself.
func (w *Watch) mayVanish(k *kind) bool { return w.forgets && k.group != corev1.SchemeGroupVersion }
