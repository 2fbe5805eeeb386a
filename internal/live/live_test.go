package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

func serviceMonitor(name string, port any) unstructured.Unstructured {
	return unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": map[string]any{"namespace": "shop", "name": name},
		"spec": map[string]any{"selector": map[string]any{}, "endpoints": []any{map[string]any{"port": port}}},
	}}
}

// TestReadMalformed: an object that does not decode is set aside, and the others are read.
func TestReadMalformed(t *testing.T) {
	c := fake.NewClientBuilder().WithInterceptorFuncs(interceptor.Funcs{List: func(_ context.Context, _ client.WithWatch, list client.ObjectList, _ ...client.ListOption) error {
		items, ok := list.(*unstructured.UnstructuredList)
		if !ok {
			return errors.New("not unstructured")
		}
		items.Items = []unstructured.Unstructured{serviceMonitor("a", "web"), serviceMonitor("bad", int64(8080)), serviceMonitor("c", "web")}
		return nil
	}}).Build()
	read, err := live.Read(t.Context(), c, func(k selection.Kind) bool { return k.Kind == "ServiceMonitor" })
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Objects) != 2 || len(read.Malformed) != 1 || len(read.Unread) != 0 {
		t.Fatalf("%d objects, malformed %v, unread %v", len(read.Objects), read.Malformed, read.Unread)
	}
	bad := read.Malformed[0]
	if bad.Ref.String() != "ServiceMonitor shop/bad" || !strings.Contains(bad.Err.Error(), "cannot unmarshal number") || !strings.Contains(string(bad.Object), "8080") {
		t.Errorf("%s: %v: %s", bad.Ref, bad.Err, bad.Object)
	}
}

// TestAssets: each object is read once. One that must not be read is an error, or resolves and is noted.
func TestAssets(t *testing.T) {
	reads := 0
	c := fake.NewClientBuilder().WithObjects(
		&corev1.Secret{ObjectMeta: meta("shop", "login", nil), Data: map[string][]byte{"user": []byte("a")}},
		&corev1.ConfigMap{ObjectMeta: meta("shop", "ca", nil), Data: map[string]string{"ca.crt": "b"}},
	).WithInterceptorFuncs(interceptor.Funcs{Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
		reads++
		if key.Namespace == "bank" {
			return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, key.Name, errors.New("no"))
		}
		return c.Get(ctx, key, object, opts...)
	}}).Build()
	a := live.NewAssets(c)
	a.Begin(t.Context())
	for range 2 {
		if v, ok := a.SecretKey("shop", "login", "user"); string(v) != "a" || !ok {
			t.Errorf("%q, %t", v, ok)
		}
		if v, ok := a.ConfigMapKey("shop", "ca", "ca.crt"); v != "b" || !ok {
			t.Errorf("%q, %t", v, ok)
		}
		if _, ok := a.SecretKey("shop", "login", "password"); ok {
			t.Error("there is no such key")
		}
		if _, ok := a.SecretKey("shop", "none", "user"); ok {
			t.Error("there is no such Secret")
		}
		if _, ok := a.SecretKey("shop", "", "user"); ok {
			t.Error("there is no Secret without a name")
		}
	}
	if reads != 3 || a.Err() != nil {
		t.Errorf("%d reads, %v", reads, a.Err())
	}
	if _, ok := a.SecretKey("bank", "login", "user"); ok || !apierrors.IsForbidden(errors.Unwrap(a.Err())) {
		t.Error("a Secret that must not be read is no error")
	}
	lenient := live.NewLenientAssets(c)
	lenient.Begin(t.Context())
	if v, ok := lenient.SecretKey("bank", "login", "user"); string(v) != promconfig.Placeholder || !ok || lenient.Err() != nil || lenient.Unread()["Secret"] == nil {
		t.Errorf("%q, %t, %v", v, ok, lenient.Unread())
	}
	if v, ok := lenient.ConfigMapKey("bank", "ca", "ca.crt"); v != promconfig.Placeholder || !ok || lenient.Unread()["ConfigMap"] == nil {
		t.Errorf("%q, %t, %v", v, ok, lenient.Unread())
	}
}

// TestListAsAWhole: the decoder of generated clients, such as the operator's, takes no list with an object
// that does not decode.
func TestListAsAWhole(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := monitoringv1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	decoder := serializer.NewCodecFactory(scheme).UniversalDeserializer()
	for port, fails := range map[any]bool{"web": false, int64(8080): true} {
		good, other := serviceMonitor("a", "web"), serviceMonitor("b", port)
		raw, err := json.Marshal(map[string]any{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitorList", "items": []any{good.Object, other.Object}})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := decoder.Decode(raw, nil, &monitoringv1.ServiceMonitorList{}); (err != nil) != fails {
			t.Errorf("port %v: %v", port, err)
		}
	}
}

// TestReadStored: of a kind with two versions the stored one is listed, which every cluster serves. A kind that is not
// installed, or of which nothing may be known, is noted.
func TestReadStored(t *testing.T) {
	var listed []string
	c := fake.NewClientBuilder().WithInterceptorFuncs(interceptor.Funcs{List: func(_ context.Context, _ client.WithWatch, list client.ObjectList, _ ...client.ListOption) error {
		kind := list.GetObjectKind().GroupVersionKind()
		listed = append(listed, kind.Version+" "+kind.Kind)
		switch kind.Kind {
		case "AlertmanagerList":
			return apierrors.NewForbidden(schema.GroupResource{Resource: "alertmanagers"}, "", errors.New("no"))
		case "PrometheusAgentList":
			return apierrors.NewNotFound(schema.GroupResource{Resource: "prometheusagents"}, "")
		}
		return nil
	}}).Build()
	read, err := live.Read(t.Context(), c, func(k selection.Kind) bool { return k.Instance || k.Notifies })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"v1 PrometheusList", "v1alpha1 PrometheusAgentList", "v1 ThanosRulerList", "v1 AlertmanagerList", "v1alpha1 AlertmanagerConfigList"}
	if !slices.Equal(listed, want) {
		t.Errorf("listed %q", listed)
	}
	if read.HasWhole(live.Everything) || !read.HasWhole(func(k selection.Kind) bool { return !k.Notifies }) {
		t.Errorf("unread: %v", read.Unread)
	}
}
