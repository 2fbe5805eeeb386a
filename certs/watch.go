package certs

import (
	"context"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// watched is a set of objects, of which one name is watched.
type watched struct {
	object    client.Object
	list      func() client.ObjectList
	namespace string
	name      string
}

// watchedConfigurations are both webhook configurations.
func watchedConfigurations(name string) []watched {
	return []watched{
		{object: objectOf(validating), list: func() client.ObjectList { return &admissionregistrationv1.ValidatingWebhookConfigurationList{} }, name: name},
		{object: objectOf(mutating), list: func() client.ObjectList { return &admissionregistrationv1.MutatingWebhookConfigurationList{} }, name: name},
	}
}

// notify calls changed after each change of an object, until the context ends. The object is read
// again then: the watch is only a bell.
func notify(ctx context.Context, c client.WithWatch, w watched, changed func()) {
	in := client.InNamespace(w.namespace)
	bell(ctx, w.object, &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			list := w.list()
			err := c.List(ctx, list, only(w.name), in, &client.ListOptions{Raw: &o})
			return list, err
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			return c.Watch(ctx, w.list(), only(w.name), in, &client.ListOptions{Raw: &o})
		},
	}, changed)
}

// bell calls changed after each change of what is watched, until the context ends.
func bell(ctx context.Context, object runtime.Object, source *cache.ListWatch, changed func()) {
	_, informer := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: source,
		ObjectType:    object,
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { changed() },
			UpdateFunc: func(any, any) { changed() },
			DeleteFunc: func(any) { changed() },
		},
	})
	informer.RunWithContext(ctx)
}
