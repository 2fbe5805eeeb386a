package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/promgate/promgate/test/pods"
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

// TestCertManager runs two replicas with a certificate from the real controllers of cert-manager, which is mounted, or which promgate
// requests and reads itself. The certificate and its CA are renewed again and again under load, and no call fails, as long as the CA
// keeps its key. Then the CA gets another key: how many connections fail is reported, and the replicas have to recover by themselves.
//
//	CERT_RENEWALS  how many certificates to issue; before every fifth, and before the second, the CA is renewed
func TestCertManager(t *testing.T) {
	settle := "--ca-settle=" + testSettle.String()
	for _, c := range []struct {
		name    string
		install rig.Kustomization
	}{
		{"mounted", rig.Kustomization{Resource: "overlays/cert-manager", Args: []string{settle}}},
		{"requested", rig.Kustomization{Resource: "overlays/cert-manager-issuer", Args: []string{settle, "--cert-manager-issuer=promgate"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			runner := bare(t)
			client := adminClient(t)
			controllers, err := cluster.StartCertManager(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(controllers.Stop)
			kubectl(t, failing(kustomize(t, c.install)), "apply", "-f", "-")
			if c.name == "requested" {
				waitsForIssuer(t, runner)
				kubectl(t, issuers, "apply", "-f", "-")
			}
			rolledOut(t, "promgate", "promgate")
			waitForReviews(t)
			renewUnderLoad(t, runner, client)
			t.Run("another key", func(t *testing.T) { anotherKey(t, runner, client) })
		})
	}
}

// waitsForIssuer checks that both replicas say in their log what they wait for.
func waitsForIssuer(t *testing.T, runner *pods.Runner) {
	t.Helper()
	eventually(t, "the replicas to say what is missing", func(context.Context) error {
		saying := 0
		for _, log := range runner.Logs("promgate") {
			if strings.Contains(log, "promgate") && strings.Contains(log, "Issuer") {
				saying++
			}
		}
		if saying != 2 {
			return fmt.Errorf("%d say it", saying)
		}
		return nil
	})
}

func renewUnderLoad(t *testing.T, runner *pods.Runner, client dynamic.Interface) {
	t.Helper()
	renewals := number(t, "CERT_RENEWALS", 3)
	l := startLoad(t, runner, client)
	for i := range renewals {
		if i == 1 || i%5 == 4 {
			renew(t, client, "promgate-issuer")
		}
		before := l.number()
		renew(t, client, "promgate")
		eventually(t, "the new certificate to be served", func(context.Context) error {
			if l.number() == before {
				return errors.New("it is the old one")
			}
			return nil
		})
	}
	l.end(t)
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

// issue sets the condition that makes cert-manager issue a certificate. After an attempt that failed there is one already.
func issue(ctx context.Context, resource dynamic.ResourceInterface, name string) error {
	c, err := resource.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	conditions, _, _ := unstructured.NestedSlice(c.Object, "status", "conditions")
	conditions = slices.DeleteFunc(conditions, func(c any) bool {
		condition, _ := c.(map[string]any)
		return condition["type"] == "Issuing"
	})
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
func anotherKey(t *testing.T, runner *pods.Runner, client dynamic.Interface) {
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
	d := newDialers(client, runner)
	pool, err := d.trusted(t.Context(), "validating")
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		d.dial(t, pool)
	}
}
