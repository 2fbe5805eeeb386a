// Package live reads the objects of a running cluster, once: what promgate audit and promgate explain
// look at, and what promgate lint adds to files.
package live

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

// pageSize is how many objects one request asks for.
const pageSize = 500

// An Unread is a kind that could not be read, and why.
type Unread struct {
	Kind string

	// Err is the API server's answer. The kind is not installed if Missing is true.
	Err     error
	Missing bool
}

// Cluster is what was read of a cluster.
type Cluster struct {
	Objects []selection.Object
	Unread  []Unread
}

// Has reports whether the objects of a kind could be read.
func (c *Cluster) Has(kind string) bool {
	return !slices.ContainsFunc(c.Unread, func(u Unread) bool { return u.Kind == kind })
}

// Read lists all objects of the kinds that want accepts. A kind that the cluster does not have, or
// that the user must not read, is noted. An error means that the cluster could not be read.
func Read(ctx context.Context, from client.Reader, want func(selection.Kind) bool) (*Cluster, error) {
	c := &Cluster{}
	for _, kind := range selection.AllKinds() {
		if !want(kind) {
			continue
		}
		err := c.list(ctx, from, kind)
		switch {
		case err == nil:
		case meta.IsNoMatchError(err) || apierrors.IsNotFound(err):
			c.Unread = append(c.Unread, Unread{Kind: kind.Kind, Err: err, Missing: true})
		case apierrors.IsForbidden(err):
			c.Unread = append(c.Unread, Unread{Kind: kind.Kind, Err: err})
		default:
			return nil, fmt.Errorf("listing %s objects: %w", kind.Kind, err)
		}
	}
	return c, nil
}

// list reads all objects of a kind. An object that does not decode into its Go type is left out: with
// one of those in the cluster the operator cannot list the kind either.
func (c *Cluster) list(ctx context.Context, from client.Reader, kind selection.Kind) error {
	token := ""
	for {
		page := &unstructured.UnstructuredList{}
		page.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
		if err := from.List(ctx, page, client.Limit(pageSize), client.Continue(token)); err != nil {
			return err //nolint:wrapcheck // the caller looks at it
		}
		for i := range page.Items {
			object := kind.New()
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(page.Items[i].Object, object); err != nil {
				return fmt.Errorf("reading %s/%s: %w", page.Items[i].GetNamespace(), page.Items[i].GetName(), err)
			}
			c.Objects = append(c.Objects, object)
		}
		if token = page.GetContinue(); token == "" {
			return nil
		}
	}
}

// Everything accepts every kind.
func Everything(selection.Kind) bool { return true }

// WithoutSecrets accepts every kind but Secrets and ConfigMaps.
func WithoutSecrets(kind selection.Kind) bool {
	return kind.Kind != selection.SecretKind && kind.Kind != selection.ConfigMapKind
}
