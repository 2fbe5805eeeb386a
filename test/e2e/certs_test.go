package e2e

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	runner := bare(t)
	client := adminClient(t)
	kubectl(t, failing(kustomize(t, rig.Kustomization{Resource: "base", Args: []string{
		"--ca-settle=" + testSettle.String(), "--cert-lifetime=" + testLife.String(), "--ca-lifetime=" + testCALife.String(),
	}})), "apply", "-f", "-")
	rolledOut(t, "promgate", "promgate")
	waitForReviews(t)

	l := startLoad(t, runner, client)
	for range rotations {
		rotateCA(t, client)
	}
	l.end(t)
	if met := l.number(); met < 2*(rotations+1) {
		t.Errorf("only %d certificates were served", met)
	}

	t.Run("reset", func(t *testing.T) { bundleIsMended(t, client, runner) })
	t.Run("metrics", func(t *testing.T) { certificateMetrics(t, runner) })
	t.Run("lost Secret", func(t *testing.T) { lostSecret(t, client, runner) })
}

// failing sets failurePolicy Fail in webhook configurations.
func failing(manifests string) string {
	return strings.ReplaceAll(manifests, "failurePolicy: Ignore", "failurePolicy: Fail")
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

// bundleIsMended applies the manifest in ways that empty the caBundle.
func bundleIsMended(t *testing.T, client dynamic.Interface, runner *pods.Runner) {
	text, err := os.ReadFile(filepath.Join(root, "manifests", "base", "webhooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	manifest := failing(string(text))
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
	eventually(t, "both replicas to be ready", func(context.Context) error {
		if ready := len(runner.Addresses("promgate", "https")); ready != 2 {
			return fmt.Errorf("%d are", ready)
		}
		return nil
	})

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

func certificateMetrics(t *testing.T, runner *pods.Runner) {
	client, err := rig.HTTPClient("")
	if err != nil {
		t.Fatal(err)
	}
	_, body, err := askAt(t.Context(), client, "https://"+runner.Addresses("promgate", "https")[0]+"/metrics")
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
func lostSecret(t *testing.T, client dynamic.Interface, runner *pods.Runner) {
	stop := newDialers(client, runner).start(t)
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
