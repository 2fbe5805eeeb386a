package certs

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
)

// TestFilesAreReloaded: a renewed pair is served. A new certificate is served only once its key is
// there too.
func TestFilesAreReloaded(t *testing.T) {
	directory := t.TempDir()
	certificate, key := filepath.Join(directory, "tls.crt"), filepath.Join(directory, "tls.key")
	first, second := newPair(t, 1), newPair(t, 2)
	replace(t, certificate, first.certificate)
	replace(t, key, first.key)

	source, err := Files(certificate, key, Options{Clock: clock.RealClock{}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- source.Start(ctx) }()

	replace(t, certificate, second.certificate)
	if got := served(t, source); got != 1 {
		t.Errorf("certificate %d is served without its key", got)
	}
	replace(t, key, second.key)
	deadline := time.Now().Add(30 * time.Second)
	for served(t, source) != 2 {
		if time.Now().After(deadline) {
			t.Fatal("the renewed certificate is not served")
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestFilesHaveToBeThere(t *testing.T) {
	if _, err := Files("absent.crt", "absent.key", Options{}); err == nil {
		t.Error("no error")
	}
}

// TestFilesWithoutPermission: that the webhook configurations cannot be read is said once, and the certificate is
// served and ready all the same.
func TestFilesWithoutPermission(t *testing.T) {
	directory := t.TempDir()
	certificate, key := filepath.Join(directory, "tls.crt"), filepath.Join(directory, "tls.key")
	first := newPair(t, 1)
	replace(t, certificate, first.certificate)
	replace(t, key, first.key)
	s := newStored(t)
	o := s.options().Options
	o.Clock = clock.RealClock{}
	o.Client = interceptor.NewClient(s, interceptor.Funcs{
		Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
			return apierrors.NewForbidden(schema.GroupResource{}, "promgate", nil)
		},
	})
	source, err := Files(certificate, key, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := source.Ready(); !errors.Is(err, errNotRead) {
		t.Errorf("ready: %v", err)
	}
	for range 2 {
		if err := source.(*files).look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := source.Ready(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(s.logs.String(), "may not read the webhook configurations"); n != 1 {
		t.Errorf("said %d times:\n%s", n, s.logs)
	}
}

// TestFilesWaitForTheBundle: a certificate of a CA that the caBundle does not contain is not served.
func TestFilesWaitForTheBundle(t *testing.T) {
	directory := t.TempDir()
	certificate, key := filepath.Join(directory, "tls.crt"), filepath.Join(directory, "tls.key")
	write := func(ca authority) {
		t.Helper()
		leaf := testLeaf(t, ca, 30*day)
		content, err := keyPEM(leaf.PrivateKey.(crypto.Signer))
		if err != nil {
			t.Fatal(err)
		}
		replace(t, certificate, certificatesPEM([]*x509.Certificate{leaf.Leaf}))
		replace(t, key, content)
	}
	oldCA, newCA := testAuthority(t), testAuthority(t)
	write(oldCA)
	s := newStored(t, validatingConfiguration(certificatesPEM(bundleOf(oldCA))))
	source, err := Files(certificate, key, s.options().Options)
	if err != nil {
		t.Fatal(err)
	}
	f := source.(*files)
	looks := func() {
		t.Helper()
		if err := f.watcher.ReadCertificate(); err != nil {
			t.Fatal(err)
		}
		f.offerLatest() // now: the library calls back later
		if err := f.look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	looks()
	first, _ := source.GetCertificate(nil)
	write(newCA)
	looks()
	waitUntilOffered(t, f.gate) // the watcher tells of it in a goroutine of its own
	if got, _ := source.GetCertificate(nil); got != first || source.Ready() != nil {
		t.Errorf("a certificate is served that the caBundle does not verify: %v", source.Ready())
	}
	v := validatingConfiguration(nil)
	s.get(t, "", "promgate", v)
	v.Webhooks[1].ClientConfig.CABundle = certificatesPEM(bundleOf(oldCA, newCA))
	if err := s.Update(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	looks()
	s.clock.SetTime(worldStart.Add(time.Minute))
	looks()
	if got, _ := source.GetCertificate(nil); got == first || source.Ready() != nil {
		t.Errorf("the new certificate is not served: %v", source.Ready())
	}
}

func waitUntilOffered(t *testing.T, g *gate) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		g.mu.RLock()
		offered := g.waiting != nil
		g.mu.RUnlock()
		if offered {
			return
		}
	}
	t.Fatal("the new certificate is not noticed")
}

type pair struct{ certificate, key []byte }

func newPair(t *testing.T, serial int64) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:         pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}),
	}
}

// replace writes a file in one step.
func replace(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// served returns the serial number of the certificate that is served now.
func served(t *testing.T, source Source) int64 {
	t.Helper()
	certificate, err := source.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf.SerialNumber.Int64()
}
