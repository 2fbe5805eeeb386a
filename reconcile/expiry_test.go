package reconcile

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
)

// TestExpiry: the loop comes back when a certificate ends, says so in one Event, and keeps the monitor.
func TestExpiry(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	until := now.Add(time.Hour)
	l, target, server := newLoopAt(t, func() time.Time { return now })
	recorder := events.NewFakeRecorder(100)
	l.Reporter.recorder = recorder
	l.Put(mainPrometheus())
	server.secrets["ca"] = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "1"}, Data: map[string][]byte{"ca": authority(t, now.Add(-time.Hour), until)}}
	m := monitor("web")
	m.Spec.Endpoints[0].TLSConfig = &monitoringv1.TLSConfig{}
	m.Spec.Endpoints[0].TLSConfig.CA.Secret = &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "ca"}, Key: "ca"}
	l.Put(m)
	pass := func() time.Duration {
		again, err := l.pass(t.Context(), mainRef)
		if err != nil {
			t.Fatal(err)
		}
		return again
	}
	if again := pass(); again != time.Hour+time.Second || len(recorder.Events) > 0 {
		t.Fatalf("again in %s, %d Events", again, len(recorder.Events))
	}
	now = until.Add(time.Second)
	if again := pass(); again != 0 {
		t.Errorf("again in %s", again)
	}
	now = until.Add(48 * time.Hour)
	pass()
	close(recorder.Events)
	var got []string
	for e := range recorder.Events {
		got = append(got, e)
	}
	if len(got) != 1 || !strings.Contains(got[0], "UnusableCredentials") || !strings.Contains(got[0], "spec.endpoints[0].tlsConfig.ca: the certificate authority expired on 2026-06-01 13:00 UTC, 1s ago") {
		t.Errorf("got %q", got)
	}
	if len(target.written) == 0 || len(target.written[len(target.written)-1].LeftOut) > 0 {
		t.Error("the monitor is left out")
	}
}

func authority(t *testing.T, from, until time.Time) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
