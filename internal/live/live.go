// Package live reads the objects of a running cluster, once: what promgate audit and promgate explain
// look at, and what promgate lint adds to files.
package live

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// pageSize is how many objects one request asks for.
const pageSize = 500

// An Unread is a kind that could not be read, and why.
type Unread struct {
	Kind string

	// Err is the API server's answer. The kind is not installed if Missing is true.
	Err     error
	Missing bool

	// But are the namespaces whose objects could be read all the same: see [ReadAround].
	But []string
}

// Cluster is what was read of a cluster.
type Cluster struct {
	Objects   []selection.Object
	Malformed []selection.Malformed
	Unread    []Unread
}

// Has reports whether the objects of a kind could be read.
func (c *Cluster) Has(kind string) bool {
	return !slices.ContainsFunc(c.Unread, func(u Unread) bool { return u.Kind == kind })
}

// HasWhole reports whether all objects of the kinds that want accepts were read. Of a kind that the cluster does not have
// there are none.
func (c *Cluster) HasWhole(want func(selection.Kind) bool) bool {
	return !slices.ContainsFunc(c.Unread, func(u Unread) bool {
		kind, _ := selection.KindNamed(u.Kind)
		return !u.Missing && want(kind)
	})
}

// HasOperators reports whether the objects of any kind of the operator could be read.
func (c *Cluster) HasOperators() bool {
	return slices.ContainsFunc(selection.AllKinds(), func(k selection.Kind) bool { return k.IsOperators() && c.Has(k.Kind) })
}

// Read lists all objects of the kinds that want accepts. A kind that the cluster does not have, or
// that the user must not read, is noted. An error means that the cluster could not be read.
func Read(ctx context.Context, from client.Reader, want func(selection.Kind) bool) (*Cluster, error) {
	return ReadAround(ctx, from, want)
}

// ReadAround reads as [Read] does. Of a kind that the user must not list in all namespaces, it reads the
// objects of some: many users may read those of their own namespace alone.
func ReadAround(ctx context.Context, from client.Reader, want func(selection.Kind) bool, namespaces ...string) (*Cluster, error) {
	c := &Cluster{}
	for _, kind := range selection.AllKinds() {
		if !kind.IsStored() || !want(kind) {
			continue
		}
		err := c.list(ctx, from, kind)
		switch {
		case err == nil:
		case meta.IsNoMatchError(err) || apierrors.IsNotFound(err):
			c.Unread = append(c.Unread, Unread{Kind: kind.Kind, Err: err, Missing: true})
		case apierrors.IsForbidden(err):
			c.Unread = append(c.Unread, Unread{Kind: kind.Kind, Err: err, But: c.listIn(ctx, from, kind, namespaces)})
		default:
			return nil, fmt.Errorf("listing %s objects: %w", kind.Kind, err)
		}
	}
	return c, nil
}

// list reads all objects of a kind.
func (c *Cluster) list(ctx context.Context, from client.Reader, kind selection.Kind, in ...client.ListOption) error {
	token := ""
	for {
		page := &unstructured.UnstructuredList{}
		page.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
		if err := from.List(ctx, page, append(slices.Clone(in), client.Limit(pageSize), client.Continue(token))...); err != nil {
			return err //nolint:wrapcheck // the caller looks at it
		}
		for i := range page.Items {
			if err := c.add(kind, &page.Items[i]); err != nil {
				return err
			}
		}
		if token = page.GetContinue(); token == "" {
			return nil
		}
	}
}

// add decodes an object.
func (c *Cluster) add(kind selection.Kind, item *unstructured.Unstructured) error {
	item.SetManagedFields(nil) // often half of an object, and nothing reads them
	object := kind.New()
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, object); err == nil {
		c.Objects = append(c.Objects, object)
		return nil
	}
	// The operator's client decodes JSON, which decides, and whose errors name the place.
	raw, err := item.MarshalJSON()
	if err != nil {
		return fmt.Errorf("reading %s %s/%s: %w", kind.Kind, item.GetNamespace(), item.GetName(), err)
	}
	object = kind.New()
	if err := validation.Decode(raw, object); err != nil {
		ref := selection.Ref{Kind: kind.Kind, Namespace: item.GetNamespace(), Name: item.GetName()}
		c.Malformed = append(c.Malformed, selection.Malformed{Ref: ref, UID: item.GetUID(), Object: raw, Err: err})
		return nil //nolint:nilerr // the user's mistake, not a failure to read
	}
	c.Objects = append(c.Objects, object)
	return nil
}

// listIn lists the objects of a kind in some namespaces, and returns the namespaces in which that is
// permitted.
func (c *Cluster) listIn(ctx context.Context, from client.Reader, kind selection.Kind, namespaces []string) []string {
	var read []string
	for _, namespace := range namespaces {
		if kind.Kind == selection.NamespaceKind {
			object := &corev1.Namespace{}
			if err := from.Get(ctx, client.ObjectKey{Name: namespace}, object); err == nil {
				c.Objects, read = append(c.Objects, object), append(read, namespace)
			}
			continue
		}
		if err := c.list(ctx, from, kind, client.InNamespace(namespace)); err == nil {
			read = append(read, namespace)
		}
	}
	return read
}

// Everything accepts every kind.
func Everything(selection.Kind) bool { return true }

// WithoutSecrets accepts every kind but Secrets and ConfigMaps.
func WithoutSecrets(kind selection.Kind) bool {
	return kind.Kind != selection.SecretKind && kind.Kind != selection.ConfigMapKind
}
