package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// namespaceLabels answers from the informer's cache, which it waits for before
// promgate is ready.
type namespaceLabels struct {
	reader client.Reader
	synced atomic.Pointer[func() bool]
}

// watch starts the informer with the cache.
func (n *namespaceLabels) watch(ctx context.Context, c ctrlcache.Cache) error {
	informer, err := c.GetInformer(ctx, namespaceMetadata(), ctrlcache.BlockUntilSynced(false))
	if err != nil {
		return fmt.Errorf("watching namespaces: %w", err)
	}
	n.reader = c
	synced := informer.HasSynced
	n.synced.Store(&synced)
	return nil
}

// Labels of a namespace. The cache answers; a namespace that it does not know yet
// has none.
func (n *namespaceLabels) Labels(namespace string) map[string]string {
	if n.ready() != nil {
		return nil // the reader would wait for the cache
	}
	m := namespaceMetadata()
	if err := n.reader.Get(context.Background(), client.ObjectKey{Name: namespace}, m); err != nil {
		return nil
	}
	return m.Labels
}

func (n *namespaceLabels) ready() error {
	if synced := n.synced.Load(); synced == nil || !(*synced)() {
		return errors.New("the namespaces are not read yet")
	}
	return nil
}

func namespaceMetadata() *metav1.PartialObjectMetadata {
	m := &metav1.PartialObjectMetadata{}
	m.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	return m
}
