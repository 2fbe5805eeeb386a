package live

import (
	"context"
	"fmt"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// Assets reads the Secrets and ConfigMaps that are asked for, each once, and no others. One goroutine
// uses it.
type Assets struct {
	reader  client.Reader
	lenient bool
	ctx     context.Context //nolint:containedctx // of the current pass; the interface has no context because promconfig is pure
	err     error

	kept   map[selection.Ref]client.Object // nil for an object that does not exist
	unread map[string]error
}

// NewAssets returns the Secrets and ConfigMaps of a cluster. One that must not be read is an error.
func NewAssets(reader client.Reader) *Assets {
	return &Assets{reader: reader, kept: map[selection.Ref]client.Object{}, unread: map[string]error{}}
}

// NewLenientAssets is NewAssets, except that a reference to an object that must not be read resolves,
// and nothing is said of its content: see [Assets.Unread].
func NewLenientAssets(reader client.Reader) *Assets {
	a := NewAssets(reader)
	a.lenient = true
	return a
}

// Begin sets the context of the next reads.
func (a *Assets) Begin(ctx context.Context) { a.ctx, a.err = ctx, nil }

// Err returns the first error since the last call.
func (a *Assets) Err() error {
	err := a.err
	a.err = nil
	return err
}

// Unread returns the kinds of which some object must not be read, and the API server's answer.
func (a *Assets) Unread() map[string]error { return a.unread }

// SecretKey implements [promconfig.Assets].
func (a *Assets) SecretKey(namespace, name, key string) ([]byte, bool) {
	found := a.get(selection.Ref{Kind: selection.SecretKind, Namespace: namespace, Name: name}, &corev1.Secret{})
	switch o := found.(type) {
	case *corev1.Secret:
		value, found := o.Data[key]
		return value, found
	case forbidden:
		return []byte(promconfig.Placeholder), true
	}
	return nil, false
}

// ConfigMapKey implements [promconfig.Assets].
func (a *Assets) ConfigMapKey(namespace, name, key string) (string, bool) {
	found := a.get(selection.Ref{Kind: selection.ConfigMapKind, Namespace: namespace, Name: name}, &corev1.ConfigMap{})
	switch o := found.(type) {
	case *corev1.ConfigMap:
		value, found := o.Data[key]
		return value, found
	case forbidden:
		return promconfig.Placeholder, true
	}
	return "", false
}

// SecretData returns all keys of a Secret: none of one that does not exist. It reports false if the Secret must not be read, or
// could not be.
func (a *Assets) SecretData(namespace, name string) (data map[string]string, known bool) {
	ref := selection.Ref{Kind: selection.SecretKind, Namespace: namespace, Name: name}
	secret, exists := a.get(ref, &corev1.Secret{}).(*corev1.Secret)
	if !exists {
		return nil, a.isMissing(ref)
	}
	data = map[string]string{}
	for key, value := range secret.Data {
		data[key] = string(value)
	}
	return data, true
}

// ConfigMapData returns all keys of a ConfigMap, as [Assets.SecretData] does.
func (a *Assets) ConfigMapData(namespace, name string) (data map[string]string, known bool) {
	ref := selection.Ref{Kind: selection.ConfigMapKind, Namespace: namespace, Name: name}
	configMap, exists := a.get(ref, &corev1.ConfigMap{}).(*corev1.ConfigMap)
	if !exists {
		return nil, a.isMissing(ref)
	}
	data = maps.Clone(configMap.Data)
	for key, value := range configMap.BinaryData {
		if data == nil {
			data = map[string]string{}
		}
		data[key] = string(value)
	}
	return data, true
}

// isMissing reports whether an object that get returned is known not to exist.
func (a *Assets) isMissing(ref selection.Ref) bool {
	kept, known := a.kept[ref]
	return known && kept == nil
}

// forbidden stands for an object that must not be read.
type forbidden struct{ client.Object }

// readTimeout bounds the read of one Secret: everything else waits for it.
const readTimeout = 10 * time.Second

// get returns the kept object, or reads it into object. It returns nil if the object does not exist,
// and also if it could not be read; Err then returns the error.
func (a *Assets) get(ref selection.Ref, object client.Object) client.Object {
	if kept, known := a.kept[ref]; known {
		return kept
	}
	err := a.read(ref, object)
	switch {
	case apierrors.IsNotFound(err):
		object = nil
	case apierrors.IsForbidden(err) && a.lenient:
		object = forbidden{}
		a.unread[ref.Kind] = err
	case err != nil:
		if a.err == nil {
			a.err = fmt.Errorf("reading %s: %w", ref, err)
		}
		return nil
	}
	a.kept[ref] = object
	return object
}

func (a *Assets) read(ref selection.Ref, object client.Object) error {
	// The client rejects these names before it sends a request, and its error would look like a
	// failure of promgate's.
	if ref.Name == "" || len(content.IsPathSegmentName(ref.Name)) > 0 {
		return apierrors.NewNotFound(corev1.Resource(ref.Kind), ref.Name)
	}
	ctx, cancel := context.WithTimeout(a.ctx, readTimeout)
	defer cancel()
	return a.reader.Get(ctx, ref.NamespacedName(), object) //nolint:wrapcheck // get wraps the error
}

// Forget drops the kept object unless it has this version, and reports whether it dropped one.
func (a *Assets) Forget(ref selection.Ref, resourceVersion string) bool {
	kept, known := a.kept[ref]
	version := ""
	if _, unread := kept.(forbidden); kept != nil && !unread {
		version = kept.GetResourceVersion()
	}
	if !known || version == resourceVersion {
		return false
	}
	delete(a.kept, ref)
	return true
}
