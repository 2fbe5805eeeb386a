package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/utils/clock"
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
