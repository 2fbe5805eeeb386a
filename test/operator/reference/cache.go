package main

import (
	"fmt"

	"github.com/prometheus-operator/prometheus-operator/pkg/informers"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/tools/cache"
)

// filled is an informer that was never started: its store holds the objects that were added to it.
type filled struct {
	cache.SharedIndexInformer

	resource schema.GroupResource
}

func newFilled[T runtime.Object](resource schema.GroupResource, example runtime.Object, objs []T) (*filled, error) {
	informer := cache.NewSharedIndexInformer(&cache.ListWatch{}, example, 0,
		cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, obj := range objs {
		if err := informer.GetStore().Add(obj); err != nil {
			return nil, fmt.Errorf("filling the cache of %s: %w", resource.Resource, err)
		}
	}
	return &filled{SharedIndexInformer: informer, resource: resource}, nil
}

// Informer returns the informer. With Lister it makes filled an informers.InformLister.
func (f *filled) Informer() cache.SharedIndexInformer { return f.SharedIndexInformer }
func (f *filled) Lister() cache.GenericLister {
	return cache.NewGenericLister(f.GetIndexer(), f.resource)
}

// one is a factory with one informer, for all namespaces.
type one struct{ informer *filled }

func (o one) ForResource(string, schema.GroupVersionResource) (informers.InformLister, error) {
	return o.informer, nil
}
func (o one) Namespaces() sets.Set[string] { return sets.New(metav1.NamespaceAll) }

// resource returns the operator's own cache of a kind, filled with objs.
func resource[T runtime.Object](gvr schema.GroupVersionResource, example T, objs []runtime.Object) (*informers.ForResource, error) {
	f, err := newFilled(gvr.GroupResource(), example, objs)
	if err != nil {
		return nil, err
	}
	return informers.NewInformersForResource(one{f}, gvr)
}
