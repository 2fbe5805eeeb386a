package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/promgate/promgate/test/rig"
)

var (
	secrets              = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	webhookConfiguration = map[string]schema.GroupVersionResource{
		"validating": {Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingwebhookconfigurations"},
		"mutating":   {Group: "admissionregistration.k8s.io", Version: "v1", Resource: "mutatingwebhookconfigurations"},
	}
)

// The lives of certificates in the tests: short, but longer than this machine's API server takes to
// notice a new caBundle.
const (
	testSettle = 3 * time.Second
	testLife   = 18 * time.Second
	testCALife = 80 * time.Second
)

// TestSelfSigned rotates CA and certificates of two replicas again and again, while clients create
// objects with failurePolicy Fail, and others connect anew each time, with a caBundle that they have read
// a while ago. No call fails.
//
//	CA_ROTATIONS  how many CAs to replace
func TestSelfSigned(t *testing.T) {
	rotations := number(t, "CA_ROTATIONS", 2)
	newNamespace(t, "self-signed", nil)
	client := adminClient(t)
	replicas := selfSignedReplicas(t, 2)
	b := startBalancer(t, replicas...)
	failing := registerFailing(t, b.url())

	s := steady{client: client, namespace: "self-signed"}
	d := dialers{client: client, address: strings.TrimPrefix(b.url(), "https://"), leaves: map[string]bool{}}
	stopSteady, stopDialers := s.start(t), d.start(t)
	for range rotations {
		rotateCA(t, client)
	}
	stopDialers()
	stopSteady()
	t.Logf("%d CAs and %d certificates; %d monitors and %d broken rules were created, %d connections made",
		rotations+1, len(d.leaves), s.monitors.Load(), s.rules.Load(), d.dialled.Load())
	if lost := s.unlabelled.Load() + s.letIn.Load(); lost > 0 || s.monitors.Load() == 0 {
		t.Errorf("%d reviews were lost", lost)
	}
	if len(d.leaves) < 2*(rotations+1) {
		t.Errorf("only %d certificates were served", len(d.leaves))
	}

	t.Run("reset", func(t *testing.T) { bundleIsMended(t, client, failing, replicas) })
	t.Run("metrics", func(t *testing.T) { certificateMetrics(t, replicas[0]) })
	t.Run("lost Secret", func(t *testing.T) { lostSecret(t, client, b) })
}

// selfSignedReplicas starts replicas with a common CA. Before, it takes the other promgate off the path of
// requests; afterwards it is put back.
func selfSignedReplicas(t *testing.T, n int) []*rig.Promgate {
	t.Helper()
	if err := cluster.UnregisterWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_ = adminClient(t).Resource(secrets).Namespace("promgate").Delete(ctx, "promgate-ca", metav1.DeleteOptions{})
		if err := cluster.RegisterWebhooks(ctx); err != nil {
			t.Error(err)
		}
	})
	var replicas []*rig.Promgate
	for range n {
		r, err := cluster.NewReplica(t.Context(), t.TempDir(),
			"--cert-names=127.0.0.1,promgate.promgate.svc", "--ca-settle="+testSettle.String(),
			"--cert-lifetime="+testLife.String(), "--ca-lifetime="+testCALife.String())
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

// registerFailing registers the webhooks at an address, without a caBundle and with failurePolicy Fail, and
// returns the manifest when the API server calls there.
func registerFailing(t *testing.T, url string) string {
	t.Helper()
	manifest, err := rig.WebhookManifest(root, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	manifest = strings.ReplaceAll(manifest, `"failurePolicy":"Ignore"`, `"failurePolicy":"Fail"`)
	kubectl(t, manifest, "apply", "-f", "-")
	waitForReviews(t)
	return manifest
}

func waitForReviews(t *testing.T) {
	t.Helper()
	probe := serviceMonitor(metadata{Name: "certificate-probe", Namespace: "default"})
	eventually(t, "the API server to accept the certificate", func(ctx context.Context) error {
		labels, err := dryRun(ctx, probe)
		if err == nil && labels["release"] == "" {
			err = errors.New("the monitor gets no label")
		}
		return err
	})
}

// rotateCA asks for a new CA, and waits until the old one is gone.
func rotateCA(t *testing.T, client dynamic.Interface) {
	t.Helper()
	before := caSecret(t, client)
	patch := []byte(`{"metadata":{"annotations":{"promgate.dev/rotate-ca":"now"}}}`)
	if _, err := client.Resource(secrets).Namespace("promgate").Patch(t.Context(), "promgate-ca", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	old, _, _ := unstructured.NestedString(before.Object, "data", "current.crt")
	err := rig.Poll(t.Context(), "another CA", 2*testCALife, func(context.Context) error {
		now := caSecret(t, client)
		data, _, _ := unstructured.NestedMap(now.Object, "data")
		if data["current.crt"] == old || data["previous.crt"] != nil || data["next.crt"] != nil {
			return errors.New("the rotation goes on")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func caSecret(t *testing.T, client dynamic.Interface) *unstructured.Unstructured {
	t.Helper()
	secret, err := client.Resource(secrets).Namespace("promgate").Get(t.Context(), "promgate-ca", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// dialers connect to the replicas again and again, each time anew. They trust what the caBundle was up to
// half the settling time ago, as an API server does that lags behind.
type dialers struct {
	client  dynamic.Interface
	address string
	dialled atomic.Int64

	mu     sync.Mutex
	leaves map[string]bool // the serial numbers seen
}

func (d *dialers) start(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, kind := range []string{"validating", "mutating"} {
		running.Go(func() {
			for ctx.Err() == nil {
				pool, err := d.trusted(ctx, kind)
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				for end := time.Now().Add(testSettle / 2); time.Now().Before(end) && ctx.Err() == nil; {
					d.dial(t, pool)
				}
			}
		})
	}
	return func() {
		cancel()
		running.Wait()
	}
}

func (d *dialers) trusted(ctx context.Context, kind string) (*x509.CertPool, error) {
	bundle, err := caBundle(ctx, d.client, kind)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(bundle) {
		return nil, errors.New("no caBundle")
	}
	return pool, nil
}

// caBundle returns what the first webhook of a configuration trusts.
func caBundle(ctx context.Context, client dynamic.Interface, kind string) ([]byte, error) {
	c, err := client.Resource(webhookConfiguration[kind]).Get(ctx, "promgate", metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	hooks, _, _ := unstructured.NestedSlice(c.Object, "webhooks")
	text, _, _ := unstructured.NestedString(hooks[0].(map[string]any), "clientConfig", "caBundle")
	return base64.StdEncoding.DecodeString(text)
}

func (d *dialers) dial(t *testing.T, pool *x509.CertPool) {
	conn, err := tls.Dial("tcp", d.address, &tls.Config{RootCAs: pool})
	if err != nil {
		t.Errorf("connecting: %v", err)
		return
	}
	d.dialled.Add(1)
	serial := conn.ConnectionState().PeerCertificates[0].SerialNumber.Text(16)
	conn.Close()
	d.mu.Lock()
	d.leaves[serial] = true
	d.mu.Unlock()
	time.Sleep(5 * time.Millisecond) // the pace of a client, on a machine that does more than this
}

// bundleIsMended applies the manifest in ways that empty the caBundle.
func bundleIsMended(t *testing.T, client dynamic.Interface, manifest string, replicas []*rig.Promgate) {
	for _, args := range [][]string{
		{"replace", "-f", "-"},
		{"apply", "--server-side", "--force-conflicts", "-f", "-"},
		{"apply", "-f", "-"},
		{"replace", "--force", "-f", "-"}, // deletes and creates
	} {
		kubectl(t, manifest, args...)
		eventually(t, "the caBundle to be back after kubectl "+args[0], func(ctx context.Context) error {
			for kind := range webhookConfiguration {
				bundle, err := caBundle(ctx, client, kind)
				if err != nil {
					return err
				}
				if block, _ := pem.Decode(bundle); block == nil {
					return fmt.Errorf("the %s configuration has no caBundle", kind)
				}
			}
			return nil
		})
		waitForReviews(t)
	}
	for _, r := range replicas {
		eventually(t, "a replica to be ready", isReady(r))
	}

	// Applied again, nothing changes, and nobody fights: the resource version stays.
	before := version(t, client)
	kubectl(t, manifest, "apply", "-f", "-")
	kubectl(t, manifest, "apply", "-f", "-")
	if after := version(t, client); after != before {
		t.Errorf("applying again changes something: %s, %s", before, after)
	}
}

// version returns the generations of both configurations, which change with each change of content.
func version(t *testing.T, client dynamic.Interface) string {
	t.Helper()
	var versions []string
	for _, kind := range []string{"validating", "mutating"} {
		c, err := client.Resource(webhookConfiguration[kind]).Get(t.Context(), "promgate", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, fmt.Sprint(c.GetGeneration()))
	}
	return strings.Join(versions, " ")
}

func isReady(r *rig.Promgate) func(context.Context) error {
	return func(ctx context.Context) error {
		client, err := rig.HTTPClient("")
		if err != nil {
			return err
		}
		status, body, err := askAt(ctx, client, r.URL+"/readyz")
		if err == nil && status != http.StatusOK {
			err = errors.New(body)
		}
		return err
	}
}

func certificateMetrics(t *testing.T, r *rig.Promgate) {
	client, err := rig.HTTPClient("")
	if err != nil {
		t.Fatal(err)
	}
	_, body, err := askAt(t.Context(), client, r.URL+"/metrics")
	if err != nil {
		t.Fatal(err)
	}
	wantContains(t, body,
		`promgate_certificate_ca_bundle_matches{configuration="mutating"} 1`,
		`promgate_certificate_ca_bundle_matches{configuration="validating"} 1`,
		`promgate_certificate_expiry_timestamp_seconds{certificate="ca"} `,
		`promgate_certificate_expiry_timestamp_seconds{certificate="serving"} `,
		`promgate_certificate_ca_bundle_writes_total{configuration="validating"} `)
}

// lostSecret deletes the CA under load: the replicas make another one, and no call fails.
func lostSecret(t *testing.T, client dynamic.Interface, b *balancer) {
	d := dialers{client: client, address: strings.TrimPrefix(b.url(), "https://"), leaves: map[string]bool{}}
	stop := d.start(t)
	old := caSecret(t, client)
	if err := client.Resource(secrets).Namespace("promgate").Delete(t.Context(), "promgate-ca", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	err := rig.Poll(t.Context(), "another CA", 2*testCALife, func(ctx context.Context) error {
		now, err := client.Resource(secrets).Namespace("promgate").Get(ctx, "promgate-ca", metav1.GetOptions{})
		if err != nil {
			return err
		}
		data, _, _ := unstructured.NestedMap(now.Object, "data")
		if now.GetUID() == old.GetUID() || data["current.crt"] == nil || data["previous.crt"] != nil {
			return errors.New("the rotation goes on")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	stop()
	waitForReviews(t)
}
