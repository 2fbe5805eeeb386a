package e2e

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/promgate/promgate/test/rig"
)

// TestFiles runs two replicas with a certificate in a Secret that a platform team keeps. It is replaced again and again under load, and
// its CA as well, as docs/install.md says: both CAs into caBundle, then the certificate, then the old CA out. No call fails.
//
//	CERT_RENEWALS  how many certificates to issue; before every fifth, and before the second, the CA is replaced
func TestFiles(t *testing.T) {
	renewals := number(t, "CERT_RENEWALS", 3)
	runner := bare(t)
	client := adminClient(t)
	manifests := failing(kustomize(t, rig.Kustomization{Resource: "base", Components: []string{"files"}, Args: []string{"--ca-settle=" + testSettle.String()}}))
	if strings.Contains(manifests, "promgate-ca") {
		t.Error("with files, promgate may still keep a CA of its own")
	}
	kubectl(t, manifests, "apply", "-f", "-")
	team := newAuthority(t)
	trust(t, client, team)
	team.issue(t)
	rolledOut(t, "promgate", "promgate")
	waitForReviews(t)

	l := startLoad(t, runner, client)
	for i := range renewals {
		before, signedBy := l.number(), []*authority{team}
		if i == 1 || i%5 == 4 {
			team = newAuthority(t)
			signedBy = append(signedBy, team)
			trust(t, client, signedBy...)
		}
		serial := team.issue(t)
		eventually(t, "both replicas to serve the new certificate", func(context.Context) error {
			if l.number() == before {
				return errors.New("none does")
			}
			return allServe(runner.Addresses("promgate", "https"), serial)
		})
		trust(t, client, team)
	}
	l.end(t)
}

// allServe returns an error if one of two replicas serves another certificate than the one with this serial number.
func allServe(addresses []string, serial *big.Int) error {
	if len(addresses) != 2 {
		return fmt.Errorf("%d replicas are ready", len(addresses))
	}
	for _, address := range addresses {
		served, err := servedAt(address)
		if err != nil {
			return err
		}
		if served.SerialNumber.Cmp(serial) != 0 {
			return errors.New("one serves the old one")
		}
	}
	return nil
}

// An authority is a CA that signs certificates for promgate.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "platform team"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{certificate, key}
}

// issue writes a new certificate into the Secret promgate-tls, and returns its serial number.
func (a *authority) issue(t *testing.T) *big.Int {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		DNSNames:  []string{"promgate.promgate.svc"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
		"metadata": metadata{Name: "promgate-tls", Namespace: "promgate"},
		"stringData": map[string]string{
			"tls.crt": pemText("CERTIFICATE", der), "tls.key": pemText("PRIVATE KEY", keyDER),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	kubectl(t, string(secret), "apply", "-f", "-")
	return certificate.SerialNumber
}

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// trust writes the CAs into caBundle of all webhooks.
func trust(t *testing.T, client dynamic.Interface, authorities ...*authority) {
	t.Helper()
	var bundle bytes.Buffer
	for _, a := range authorities {
		bundle.WriteString(pemText("CERTIFICATE", a.certificate.Raw))
	}
	for _, resource := range webhookConfiguration {
		c, err := client.Resource(resource).Get(t.Context(), "promgate", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		hooks, _, _ := unstructured.NestedSlice(c.Object, "webhooks")
		for _, hook := range hooks {
			if err := unstructured.SetNestedField(hook.(map[string]any), base64.StdEncoding.EncodeToString(bundle.Bytes()), "clientConfig", "caBundle"); err != nil {
				t.Fatal(err)
			}
		}
		if err := unstructured.SetNestedSlice(c.Object, hooks, "webhooks"); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Resource(resource).Update(t.Context(), c, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}
