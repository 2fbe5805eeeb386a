package reconcile

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// assets reads the Secrets and ConfigMaps that objects refer to, and caches each until the informer
// reports another version of it. The loop's lock is held while it is used.
type assets struct {
	reader client.Reader
	ctx    context.Context //nolint:containedctx // of the current pass; the interface has no context because promconfig is pure
	err    error

	kept map[outputKey]client.Object // nil for an object that does not exist
}

func newAssets(reader client.Reader) *assets {
	return &assets{reader: reader, kept: map[outputKey]client.Object{}}
}

func (a *assets) begin(ctx context.Context) { a.ctx, a.err = ctx, nil }

// Err implements [render.Assets].
func (a *assets) Err() error {
	err := a.err
	a.err = nil
	return err
}

// SecretKey implements [promconfig.Assets].
func (a *assets) SecretKey(namespace, name, key string) ([]byte, bool) {
	secret, ok := a.get(outputKey{"Secret", namespace, name}, &corev1.Secret{}).(*corev1.Secret)
	if !ok {
		return nil, false
	}
	value, found := secret.Data[key]
	return value, found
}

// ConfigMapKey implements [promconfig.Assets].
func (a *assets) ConfigMapKey(namespace, name, key string) (string, bool) {
	configMap, ok := a.get(outputKey{"ConfigMap", namespace, name}, &corev1.ConfigMap{}).(*corev1.ConfigMap)
	if !ok {
		return "", false
	}
	value, found := configMap.Data[key]
	return value, found
}

// readTimeout bounds the read of one Secret: the loop processes no other change meanwhile.
const readTimeout = 10 * time.Second

// get returns the cached object, or reads it into object. It returns nil if the object does not
// exist, and also if it could not be read; Err then returns the error.
func (a *assets) get(key outputKey, object client.Object) client.Object {
	if kept, known := a.kept[key]; known {
		return kept
	}
	err := a.read(key, object)
	switch {
	case apierrors.IsNotFound(err):
		object = nil
	case err != nil:
		a.err = fmt.Errorf("reading %s %s/%s: %w", key.kind, key.namespace, key.name, err)
		return nil
	}
	a.kept[key] = object
	return object
}

func (a *assets) read(key outputKey, object client.Object) error {
	// The client rejects these names before it sends a request, and its error would look like a
	// failure of promgate's.
	if key.name == "" || len(content.IsPathSegmentName(key.name)) > 0 {
		return apierrors.NewNotFound(corev1.Resource(key.kind), key.name)
	}
	ctx, cancel := context.WithTimeout(a.ctx, readTimeout)
	defer cancel()
	return a.reader.Get(ctx, client.ObjectKey{Namespace: key.namespace, Name: key.name}, object) //nolint:wrapcheck // get wraps the error
}

// forget drops the cached object unless it has this version, and reports whether it dropped one.
func (a *assets) forget(kind, namespace, name, resourceVersion string) bool {
	key := outputKey{kind, namespace, name}
	kept, known := a.kept[key]
	version := ""
	if kept != nil {
		version = kept.GetResourceVersion()
	}
	if !known || version == resourceVersion {
		return false
	}
	delete(a.kept, key)
	return true
}
