package live

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

// pageAhead is how many objects one request of [Pages] asks for: an object has up to 1.5 MB, and some MB have to do.
const pageAhead = 25

// Pages reads objects of a cluster in small pages, and for one caller at a time, so that only few are in memory at once.
type Pages struct {
	reader client.Reader
	turn   chan struct{}
}

// NewPages returns the pages of a cluster.
func NewPages(reader client.Reader) *Pages {
	return &Pages{reader: reader, turn: make(chan struct{}, 1)}
}

// Objects calls visit for the objects of a kind, in a namespace or, if that is empty, in all of them, until visit returns
// false. Objects that cannot be decoded are left out.
func (p *Pages) Objects(ctx context.Context, kind, namespace string, visit func(selection.Object) bool) error {
	k, known := selection.KindNamed(kind)
	if !known {
		return fmt.Errorf("listing %s objects: the kind is not known", kind)
	}
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller's own deadline
	}
	for token := ""; ; {
		page := &unstructured.UnstructuredList{}
		page.SetGroupVersionKind(k.GroupVersion().WithKind(k.Kind + "List"))
		if err := p.reader.List(ctx, page, client.InNamespace(namespace), client.Limit(pageAhead), client.Continue(token)); err != nil {
			return fmt.Errorf("listing %s objects: %w", kind, err)
		}
		var read Cluster
		for i := range page.Items {
			if err := read.add(k, &page.Items[i]); err != nil {
				return err
			}
		}
		for _, object := range read.Objects {
			if !visit(object) {
				return nil
			}
		}
		if token = page.GetContinue(); token == "" {
			return nil
		}
	}
}
