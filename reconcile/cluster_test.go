package reconcile

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/promgate/promgate/selection"
)

// server is a client of an API server without a Prometheus object. Like the real API server, and
// unlike the fake one, it rejects an apply with an outdated resource version: the end-to-end tests
// show that the real one does.
func server(t *testing.T, calls interceptor.Funcs, objects ...client.Object) client.WithWatch {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	calls.Apply = func(ctx context.Context, c client.WithWatch, config runtime.ApplyConfiguration, options ...client.ApplyOption) error {
		text, err := json.Marshal(config)
		if err != nil {
			return err
		}
		wanted, live := &metav1.PartialObjectMetadata{}, &metav1.PartialObjectMetadata{}
		if err := json.Unmarshal(text, wanted); err != nil {
			return err
		}
		live.SetGroupVersionKind(wanted.GroupVersionKind())
		if err := c.Get(ctx, client.ObjectKeyFromObject(wanted), live); client.IgnoreNotFound(err) != nil {
			return err
		}
		if wanted.ResourceVersion != "" && wanted.ResourceVersion != live.ResourceVersion {
			return apierrors.NewConflict(schema.GroupResource{Resource: wanted.Kind}, wanted.Name, errors.New("the object has been modified"))
		}
		return c.Apply(ctx, config, options...)
	}
	return fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).WithInterceptorFuncs(calls).Build()
}

// heavy returns a monitor that adds this many bytes to a configuration, compressed.
func heavy(name string, size int) *monitoringv1.ServiceMonitor {
	m := monitor(name)
	random := make([]byte, size)
	_, _ = rand.Read(random)
	m.Spec.Endpoints[0].Path = "/" + hex.EncodeToString(random)
	return m
}

func names(t *testing.T, c client.Client) []string {
	t.Helper()
	secrets, configMaps := &corev1.SecretList{}, &corev1.ConfigMapList{}
	for _, list := range []client.ObjectList{secrets, configMaps} {
		if err := c.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	var all []string
	for _, s := range secrets.Items {
		all = append(all, s.Name)
	}
	for _, m := range configMaps.Items {
		all = append(all, m.Name)
	}
	slices.Sort(all)
	return all
}

func secret(t *testing.T, c client.Client, name string) *corev1.Secret {
	t.Helper()
	s := &corev1.Secret{}
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: "monitoring", Name: name}, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestConflict: a process that has not heard of somebody else's change does not overwrite it, and a
// process that has heard of it restores the output.
func TestConflict(t *testing.T) {
	c := server(t, interceptor.Funcs{})
	asleep, awake := Preview(c, c, nil), Preview(c, c, nil)
	write := func(target *Cluster, name string) error {
		t.Helper()
		_, err := target.Write(t.Context(), mainPrometheus(), configuration(t, monitor(name)))
		return err
	}
	if err := write(asleep, "first"); err != nil {
		t.Fatal(err)
	}
	if err := write(awake, "second"); err != nil {
		t.Fatal(err)
	}
	before := secret(t, c, "promgate-main")
	if err := write(asleep, "third"); !apierrors.IsConflict(err) {
		t.Errorf("no conflict: %v", err)
	}
	if after := secret(t, c, "promgate-main"); after.ResourceVersion != before.ResourceVersion || !bytes.Equal(after.Data[ConfigurationKey], before.Data[ConfigurationKey]) {
		t.Error("the successor's output was overwritten")
	}
	if err := write(asleep, "third"); err != nil {
		t.Errorf("after reading the change, it should continue: %v", err)
	}
	text, err := readGzip(secret(t, c, "promgate-main").Data[ConfigurationKey])
	if err != nil || !strings.Contains(string(text), "serviceMonitor/shop/third/0") {
		t.Errorf("%v:\n%s", err, text)
	}
}

// TestWrittenMeanwhile: somebody writes the output while promgate compares it, and the informer
// reports that before promgate has recorded what it saw.
func TestWrittenMeanwhile(t *testing.T) {
	var target *Cluster
	times := 0
	c := server(t, interceptor.Funcs{Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
		err := c.Get(ctx, key, object, options...)
		if key.Name != "promgate-main" || err != nil {
			return err
		}
		if times++; times > 1 {
			return nil
		}
		other := object.DeepCopyObject().(*corev1.Secret)
		other.Data = map[string][]byte{ConfigurationKey: []byte("broken")}
		if err := c.Update(ctx, other); err != nil {
			return err
		}
		target.Changed("Secret", key.Namespace, key.Name, other.ResourceVersion)
		return nil
	}})
	target = Preview(c, c, nil)
	configured := configuration(t, monitor("a"))
	for range 2 {
		if _, err := target.Write(t.Context(), mainPrometheus(), configured); err != nil {
			t.Fatal(err)
		}
		target.ledger.forget(outputKey{"Secret", "monitoring", "promgate-main"}) // as a new leader
	}
	if times != 2 {
		t.Errorf("looked %d times", times)
	}
	if text, err := readGzip(secret(t, c, "promgate-main").Data[ConfigurationKey]); err != nil || !bytes.Equal(text, configured.Text()) {
		t.Errorf("not restored: %v", err)
	}
}

// TestMadeAnew: the outputs of a deleted Prometheus are deleted with it. A Prometheus of the same
// name that is created immediately becomes their owner first, although the content is the same.
func TestMadeAnew(t *testing.T) {
	c := server(t, interceptor.Funcs{})
	target, configured, anew := Preview(c, c, nil), configuration(t, monitor("a")), mainPrometheus()
	anew.UID = "another"
	for _, main := range []*monitoringv1.Prometheus{mainPrometheus(), anew} {
		if _, err := target.Write(t.Context(), main, configured); err != nil {
			t.Fatal(err)
		}
		owners := secret(t, c, "promgate-main").OwnerReferences
		if len(owners) != 1 || owners[0].UID != main.UID {
			t.Errorf("the owners are %+v, not %s", owners, main.UID)
		}
	}
}

// TestTooLarge: a configuration that exceeds the size of a Secret is not written, and the previous
// one stays.
func TestTooLarge(t *testing.T) {
	c := server(t, interceptor.Funcs{})
	l, _, _ := newLoop(t)
	l.Target = StandIn(c, c, "")
	l.Target.(*Cluster).controllerID = "ours"
	main := mainPrometheus()
	main.Annotations = map[string]string{selection.ControllerID: "ours"}
	l.Put(main)
	for i := range 8 {
		l.Put(heavy(fmt.Sprint("m-", i), 110_000))
	}
	if got := passes(t, l); got != "Proven" {
		t.Fatal(got)
	}
	if message := l.Reporter.conditions[mainRef].message; !strings.Contains(message, "a Secret holds at most 1048576") {
		t.Errorf("near the limit, and not reported: %s", message)
	}
	before := secret(t, c, "prometheus-main")

	l.Put(heavy("one-too-many", 200_000))
	l.Put(rule("up"))
	if got := passes(t, l); got != "TooLarge" {
		t.Fatal(got)
	}
	if after := secret(t, c, "prometheus-main"); after.ResourceVersion != before.ResourceVersion {
		t.Error("something was written")
	}
	rules := &corev1.ConfigMap{}
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: "monitoring", Name: "prometheus-main-rulefiles-0"}, rules); err != nil || len(rules.Data) > 0 {
		t.Errorf("part of it was written: %v, %v", slices.Collect(maps.Keys(rules.Data)), err)
	}

	l.Delete(selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "one-too-many"})
	if got := passes(t, l); got != "Proven" {
		t.Error(got)
	}
}

// TestAssetSecrets: certificates are spread over as many Secrets as they need. Secrets that are no
// longer needed are deleted, up to a Secret that somebody else owns.
func TestAssetSecrets(t *testing.T) {
	foreign := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "promgate-main-tls-assets-3"}}
	c := server(t, interceptor.Funcs{}, foreign)
	target, configured := Preview(c, c, nil), configuration(t)
	write := func(count int) []string {
		t.Helper()
		configured.Assets = map[string][]byte{}
		for i := range count {
			configured.Assets[fmt.Sprint("file-", i)] = bytes.Repeat([]byte("x"), 400_000)
		}
		if _, err := target.Write(t.Context(), mainPrometheus(), configured); err != nil {
			t.Fatal(err)
		}
		return names(t, c)
	}
	others := []string{"promgate-main", "promgate-main-rulefiles-0"}
	want := func(assets ...string) []string {
		all := append(slices.Clone(others), "promgate-main-tls-assets-3")
		for _, n := range assets {
			all = append(all, "promgate-main-tls-assets-"+n)
		}
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff(want("0", "1", "2"), write(5)); diff != "" {
		t.Error(diff)
	}
	held := map[string]int{}
	for _, n := range []string{"0", "1", "2"} {
		for file, content := range secret(t, c, "promgate-main-tls-assets-"+n).Data {
			held[file] = len(content)
		}
	}
	if len(held) != 5 {
		t.Errorf("the Secrets hold %v", held)
	}
	if diff := cmp.Diff(want("0", "1"), write(3)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want("0"), write(0)); diff != "" {
		t.Error(diff)
	}
}
