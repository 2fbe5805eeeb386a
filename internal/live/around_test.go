package live_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/selection"
)

func meta(namespace, name string, of map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: of}
}

// TestReadAround: of a kind that must not be listed in all namespaces, the objects of the user's
// namespaces are read.
func TestReadAround(t *testing.T) {
	c := fake.NewClientBuilder().WithObjects(
		&corev1.Service{ObjectMeta: meta("shop", "web", nil)},
		&corev1.Service{ObjectMeta: meta("other", "web", nil)},
		&corev1.Secret{ObjectMeta: meta("shop", "web", nil)},
		&corev1.ConfigMap{ObjectMeta: meta("other", "web", nil)},
		&corev1.Namespace{ObjectMeta: meta("", "shop", nil)},
		&corev1.Namespace{ObjectMeta: meta("", "other", nil)},
	).WithInterceptorFuncs(interceptor.Funcs{List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
		options := (&client.ListOptions{}).ApplyOptions(opts)
		kind := list.GetObjectKind().GroupVersionKind().Kind
		if kind == "SecretList" || options.Namespace == "" && kind != "ConfigMapList" {
			return apierrors.NewForbidden(schema.GroupResource{}, "", errors.New("no"))
		}
		return c.List(ctx, list, opts...)
	}}).Build()
	core := func(k selection.Kind) bool { return k.Group == "" }
	read, err := live.ReadAround(t.Context(), c, core, "shop", "empty")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range read.Objects {
		got = append(got, selection.RefOf(o).String())
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"ConfigMap other/web", "Namespace /shop", "Service shop/web"}, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	but := map[string][]string{}
	for _, u := range read.Unread {
		but[u.Kind] = u.But
	}
	want := map[string][]string{"Namespace": {"shop"}, "Service": {"shop", "empty"}, "Secret": nil}
	if diff := cmp.Diff(want, but); diff != "" {
		t.Errorf("unread (-want +got):\n%s", diff)
	}
}

func TestAround(t *testing.T) {
	var asked *authorizationv1.SubjectAccessReview
	c := fake.NewClientBuilder().WithObjects(
		&discoveryv1.EndpointSlice{ObjectMeta: meta("shop", "web-1", map[string]string{discoveryv1.LabelServiceName: "web"})},
		&discoveryv1.EndpointSlice{ObjectMeta: meta("shop", "db-1", map[string]string{discoveryv1.LabelServiceName: "db"})},
		&discoveryv1.EndpointSlice{ObjectMeta: meta("other", "web-1", map[string]string{discoveryv1.LabelServiceName: "web"})},
		&corev1.Pod{ObjectMeta: meta("shop", "web-0", map[string]string{"app": "web"})},
		&corev1.Pod{ObjectMeta: meta("other", "web-0", map[string]string{"app": "web"})},
		&corev1.Pod{ObjectMeta: meta("shop", "db-0", map[string]string{"app": "db"})},
	).WithInterceptorFuncs(interceptor.Funcs{Create: func(_ context.Context, _ client.WithWatch, object client.Object, _ ...client.CreateOption) error {
		var ok bool
		if asked, ok = object.(*authorizationv1.SubjectAccessReview); !ok {
			return errors.New("that would store something")
		}
		asked.Status.Allowed = true
		return nil
	}}).Build()
	around := live.Around{Client: c}
	ctx := t.Context()

	found, err := around.EndpointSlices(ctx, "shop", "web")
	if err != nil || len(found) != 1 || found[0].Name != "web-1" || found[0].Namespace != "shop" {
		t.Errorf("slices %v, %v", found, err)
	}
	selector := labels.SelectorFromSet(labels.Set{"app": "web"})
	for namespace, want := range map[string]int{"shop": 1, "": 2, "none": 0} {
		if pods, err := around.Pods(ctx, namespace, selector); err != nil || len(pods) != want {
			t.Errorf("%d pods in namespace %q, %v; want %d", len(pods), namespace, err, want)
		}
	}
	allowed, err := around.May(ctx, client.ObjectKey{Namespace: "monitoring", Name: "prometheus"}, "discovery.k8s.io", "endpointslices", "shop")
	if !allowed || err != nil {
		t.Errorf("allowed %t, %v", allowed, err)
	}
	want := authorizationv1.SubjectAccessReviewSpec{
		User:               "system:serviceaccount:monitoring:prometheus",
		Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:monitoring", "system:authenticated"},
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "list", Group: "discovery.k8s.io", Resource: "endpointslices", Namespace: "shop"},
	}
	if diff := cmp.Diff(want, asked.Spec); diff != "" {
		t.Errorf("question (-want +got):\n%s", diff)
	}
}
