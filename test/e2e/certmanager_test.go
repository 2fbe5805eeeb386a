package e2e

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/promgate/promgate/test/rig"
)

var certificates = schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificates"}

// issuers are the Issuers of manifests/overlays/cert-manager, and their CA.
const issuers = `apiVersion: v1
kind: List
items:
- apiVersion: cert-manager.io/v1
  kind: Issuer
  metadata: {name: promgate-selfsigned, namespace: promgate}
  spec: {selfSigned: {}}
- apiVersion: cert-manager.io/v1
  kind: Certificate
  metadata: {name: promgate-issuer, namespace: promgate}
  spec:
    secretName: promgate-issuer
    isCA: true
    commonName: promgate
    duration: 87600h
    issuerRef: {name: promgate-selfsigned}
    privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Never}
- apiVersion: cert-manager.io/v1
  kind: Issuer
  metadata: {name: promgate, namespace: promgate}
  spec: {ca: {secretName: promgate-issuer}}
`

// TestCertManager runs two replicas that request their certificate from the real controllers of cert-manager,
// while the certificate and its CA are renewed again and again under load. No call fails, as long as the CA keeps its key. Then the
// CA gets another key: how many connections fail is reported, and the replicas have to recover by themselves.
//
//	CERT_RENEWALS  how many certificates to issue
func TestCertManager(t *testing.T) {
	renewals := number(t, "CERT_RENEWALS", 3)
	newNamespace(t, "cert-manager-load", nil)
	client := adminClient(t)
	controllers, err := cluster.StartCertManager(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(controllers.Stop)
	kubectl(t, "", "apply", "-f", filepath.Join(root, "manifests", "overlays", "cert-manager-issuer", "rbac.yaml"))
	b := startBalancer(t, certManagerReplicas(t)...)
	registerInjected(t, b.url())

	s := steady{client: client, namespace: "cert-manager-load"}
	d := dialers{client: client, address: strings.TrimPrefix(b.url(), "https://"), leaves: map[string]bool{}}
	stopSteady, stopDialers := s.start(t), d.start(t)
	for i := range renewals {
		if i%2 == 1 {
			renew(t, client, "promgate-issuer")
		}
		before := d.number()
		renew(t, client, "promgate")
		eventually(t, "the new certificate to be served", func(context.Context) error {
			if d.number() == before {
				return errors.New("it is the old one")
			}
			return nil
		})
	}
	stopDialers()
	stopSteady()
	t.Logf("%d certificates; %d monitors and %d broken rules were created, %d connections made",
		len(d.leaves), s.monitors.Load(), s.rules.Load(), d.dialled.Load())
	if lost := s.unlabelled.Load() + s.letIn.Load(); lost > 0 || s.monitors.Load() == 0 {
		t.Errorf("%d reviews were lost", lost)
	}

	t.Run("another key", func(t *testing.T) { anotherKey(t, client, b) })
}

// number returns how many certificates have been met.
func (d *dialers) number() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.leaves)
}

// certManagerReplicas starts two replicas before their issuer exists: what is missing is in the log.
func certManagerReplicas(t *testing.T) []*rig.Promgate {
	t.Helper()
	if err := cluster.UnregisterWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.RegisterWebhooks(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	kubectl(t, issuers, "apply", "-f", "-")
	var replicas []*rig.Promgate
	for range 2 {
		r, err := cluster.NewReplica(t.Context(), t.TempDir(), "--certs=cert-manager", "--cert-manager-issuer=promgate",
			"--cert-names=127.0.0.1,promgate.promgate.svc", "--ca-settle="+testSettle.String())
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Stop)
		replicas = append(replicas, r)
	}
	return replicas
}

// registerInjected is registerFailing with the annotation for cainjector.
func registerInjected(t *testing.T, url string) {
	t.Helper()
	manifest, err := rig.WebhookManifest(root, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	manifest = strings.ReplaceAll(manifest, `"failurePolicy":"Ignore"`, `"failurePolicy":"Fail"`)
	manifest = strings.ReplaceAll(manifest, `"metadata":{`, `"metadata":{"annotations":{"cert-manager.io/inject-ca-from":"promgate/promgate"},`)
	kubectl(t, manifest, "apply", "-f", "-")
	waitForReviews(t)
}

// renew forces a renewal as cmctl does, and waits until it is done.
func renew(t *testing.T, client dynamic.Interface, name string) {
	t.Helper()
	resource := client.Resource(certificates).Namespace("promgate")
	revision := func(ctx context.Context) (int64, error) {
		c, err := resource.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return 0, err
		}
		n, _, err := unstructured.NestedInt64(c.Object, "status", "revision")
		return n, err
	}
	before, err := revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the Issuing condition, which cert-manager may write at the same moment", func(ctx context.Context) error {
		return issue(ctx, resource, name)
	})
	eventually(t, "a renewal of "+name, func(ctx context.Context) error {
		now, err := revision(ctx)
		if err == nil && now <= before {
			err = errors.New("the revision is the same")
		}
		return err
	})
}

// issue sets the condition that makes cert-manager issue a certificate.
func issue(ctx context.Context, resource dynamic.ResourceInterface, name string) error {
	c, err := resource.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	conditions, _, _ := unstructured.NestedSlice(c.Object, "status", "conditions")
	conditions = append(conditions, map[string]any{
		"type": "Issuing", "status": "True", "reason": "ManuallyTriggered", "message": "forced by a test",
		"lastTransitionTime": time.Now().UTC().Format(time.RFC3339), "observedGeneration": c.GetGeneration(),
	})
	if err := unstructured.SetNestedSlice(c.Object, conditions, "status", "conditions"); err != nil {
		return err
	}
	_, err = resource.UpdateStatus(ctx, c, metav1.UpdateOptions{})
	return err
}

// anotherKey gives the CA another key, and reports what fails. cainjector replaces the caBundle without overlap, so a
// client that lags behind by a second fails for that second at least; what is tested is that it ends.
func anotherKey(t *testing.T, client dynamic.Interface, b *balancer) {
	patch := []byte(`{"spec":{"privateKey":{"rotationPolicy":"Always"}}}`)
	if _, err := client.Resource(certificates).Namespace("promgate").Patch(t.Context(), "promgate-issuer", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	probe := serviceMonitor(metadata{Name: "certificate-probe", Namespace: "default"})
	ctx, cancel := context.WithCancel(t.Context())
	failed, calls, gap := 0, 0, time.Duration(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var since time.Time
		for ctx.Err() == nil {
			_, err := dryRun(ctx, probe)
			calls++
			switch {
			case err != nil && ctx.Err() == nil:
				failed++
				if since.IsZero() {
					since = time.Now()
				}
			case !since.IsZero():
				gap, since = gap+time.Since(since), time.Time{}
			}
		}
	}()
	before, err := caBundle(t.Context(), client, "validating")
	if err != nil {
		t.Fatal(err)
	}
	renew(t, client, "promgate-issuer")
	renew(t, client, "promgate")
	eventually(t, "cainjector to replace the CA", func(ctx context.Context) error {
		now, err := caBundle(ctx, client, "validating")
		if err == nil && string(now) == string(before) {
			err = errors.New("it is the old one")
		}
		return err
	})
	waitForReviews(t)
	cancel()
	<-done
	t.Logf("a CA with another key: %d of %d calls through the API server failed, within %s", failed, calls, gap)
	pool, err := (&dialers{client: client}).trusted(t.Context(), "validating")
	if err != nil {
		t.Fatal(err)
	}
	d := dialers{address: strings.TrimPrefix(b.url(), "https://"), leaves: map[string]bool{}}
	for range 10 {
		d.dial(t, pool)
	}
}
