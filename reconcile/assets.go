package reconcile

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// assets reads the Secrets and ConfigMaps that objects refer to, and no others, and keeps
// them until another version is heard of. The loop's lock is held over it.
type assets struct {
	reader client.Reader
	ctx    context.Context //nolint:containedctx // of the current pass: the interface is a pure one
	err    error

	secrets    map[types.NamespacedName]*corev1.Secret // nil of one that is not there
	configMaps map[types.NamespacedName]*corev1.ConfigMap
}

func newAssets(reader client.Reader) *assets {
	return &assets{reader: reader, secrets: map[types.NamespacedName]*corev1.Secret{}, configMaps: map[types.NamespacedName]*corev1.ConfigMap{}}
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
	at := types.NamespacedName{Namespace: namespace, Name: name}
	secret, known := a.secrets[at]
	if !known {
		secret = &corev1.Secret{}
		if secret, known = get(a, at, secret, "Secret"); !known {
			return nil, false
		}
		a.secrets[at] = secret
	}
	if secret == nil {
		return nil, false
	}
	value, found := secret.Data[key]
	return value, found
}

// ConfigMapKey implements [promconfig.Assets].
func (a *assets) ConfigMapKey(namespace, name, key string) (string, bool) {
	at := types.NamespacedName{Namespace: namespace, Name: name}
	configMap, known := a.configMaps[at]
	if !known {
		configMap = &corev1.ConfigMap{}
		if configMap, known = get(a, at, configMap, "ConfigMap"); !known {
			return "", false
		}
		a.configMaps[at] = configMap
	}
	if configMap == nil {
		return "", false
	}
	value, found := configMap.Data[key]
	return value, found
}

// readTimeout is for one Secret: while it is read, nothing else is taken in.
const readTimeout = 10 * time.Second

// get gives nil for one that is not there, and known is false if that cannot be told.
func get[T client.Object](a *assets, at types.NamespacedName, object T, kind string) (found T, known bool) {
	var none T
	// The client does not even ask for these, so that it would look like a failure of ours.
	if at.Name == "" || len(content.IsPathSegmentName(at.Name)) > 0 {
		return none, true
	}
	ctx, cancel := context.WithTimeout(a.ctx, readTimeout)
	defer cancel()
	err := a.reader.Get(ctx, at, object)
	switch {
	case err == nil:
		return object, true
	case apierrors.IsNotFound(err):
		return none, true
	}
	a.err = fmt.Errorf("reading %s %s: %w", kind, at, err)
	return none, false
}

// forget drops what is kept of another version, and says whether something was.
func (a *assets) forget(kind, namespace, name, resourceVersion string) bool {
	at := types.NamespacedName{Namespace: namespace, Name: name}
	switch kind {
	case "Secret":
		kept, known := a.secrets[at]
		if !known || version(kept == nil, kept) == resourceVersion {
			return false
		}
		delete(a.secrets, at)
	default:
		kept, known := a.configMaps[at]
		if !known || version(kept == nil, kept) == resourceVersion {
			return false
		}
		delete(a.configMaps, at)
	}
	return true
}

func version(none bool, object client.Object) string {
	if none {
		return ""
	}
	return object.GetResourceVersion()
}
