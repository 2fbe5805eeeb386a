package certs

import (
	"crypto"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/cert-manager/cert-manager/pkg/client/clientset/versioned/fake"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// TestCertManagerWaits: the source creates a Certificate, says what it waits for, serves what is issued, and
// holds a certificate of another CA back until cainjector has written that CA.
func TestCertManagerWaits(t *testing.T) {
	oldCA, newCA := testAuthority(t), testAuthority(t)
	s := newStored(t, validatingConfiguration(certificatesPEM(bundleOf(oldCA))))
	objects := fake.NewClientset()
	source, err := CertManager(CertManagerOptions{
		Options: s.options().Options, CertManager: objects.CertmanagerV1(),
		Certificate: types.NamespacedName{Namespace: "promgate", Name: "promgate"}, Secret: "promgate-tls",
		Issuer: cmmeta.IssuerReference{Name: "corp", Kind: "ClusterIssuer", Group: "cert-manager.io"},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := source.(*certManager)
	looks := func() {
		t.Helper()
		if err := c.look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	looks()
	wantReady := func(parts ...string) {
		t.Helper()
		err := source.Ready()
		if err == nil {
			t.Fatal("it is ready")
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("this lacks %q: %v", part, err)
			}
		}
	}
	wantReady("waiting for the Certificate promgate/promgate: it has no status yet", "the ClusterIssuer corp does not exist")

	certificates := objects.CertmanagerV1().Certificates("promgate")
	now, err := certificates.Get(t.Context(), "promgate", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if now.Spec.SecretName != "promgate-tls" || now.Spec.IssuerRef.Name != "corp" || strings.Join(now.Spec.DNSNames, " ") != worldHost {
		t.Errorf("requested %+v", now.Spec)
	}

	// What cert-manager says is passed on.
	now.Status.Conditions = []certmanagerv1.CertificateCondition{
		{Type: certmanagerv1.CertificateConditionReady, Status: cmmeta.ConditionFalse, Reason: "DoesNotExist", Message: "Issuing certificate as\nSecret does not exist"},
	}
	if _, err := certificates.Update(t.Context(), now, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	request := &certmanagerv1.CertificateRequest{
		ObjectMeta: metav1.ObjectMeta{Namespace: "promgate", Name: "promgate-1", Annotations: map[string]string{certmanagerv1.CertificateNameKey: "promgate"}},
		Status: certmanagerv1.CertificateRequestStatus{Conditions: []certmanagerv1.CertificateRequestCondition{
			{Type: certmanagerv1.CertificateRequestConditionReady, Status: cmmeta.ConditionFalse, Reason: "Pending", Message: "not approved"},
		}},
	}
	if _, err := objects.CertmanagerV1().CertificateRequests("promgate").Create(t.Context(), request, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	looks()
	wantReady("Ready is False, DoesNotExist: Issuing certificate as Secret does not exist", "the CertificateRequest promgate-1: Pending: not approved")

	issue := func(ca authority) {
		t.Helper()
		leaf := testLeaf(t, ca, 30*day)
		key, err := keyPEM(leaf.PrivateKey.(crypto.Signer))
		if err != nil {
			t.Fatal(err)
		}
		secret := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "promgate", Name: "promgate-tls"},
			Data:       map[string][]byte{"tls.crt": certificatesPEM(bundleOf(authority{certificate: leaf.Leaf})), "tls.key": key},
		}
		_ = s.Delete(t.Context(), secret)
		if err := s.Create(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		looks()
	}
	issue(oldCA)
	if err := source.Ready(); err != nil {
		t.Error(err)
	}

	first, _ := source.GetCertificate(nil)
	issue(newCA)
	if got, _ := source.GetCertificate(nil); got != first {
		t.Error("a certificate is served that the caBundle does not verify")
	}
	v := validatingConfiguration(nil)
	s.get(t, "", "promgate", v)
	v.Webhooks[1].ClientConfig.CABundle = certificatesPEM(bundleOf(newCA))
	if err := s.Update(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	looks()
	if got, _ := source.GetCertificate(nil); got == first {
		t.Error("the caBundle verifies the new certificate alone, but the old one is served")
	}
	if err := source.Ready(); err != nil {
		t.Error(err)
	}
}

// TestOthersCertificateIsKept: a Certificate that promgate did not create is used as it is.
func TestOthersCertificateIsKept(t *testing.T) {
	s := newStored(t)
	objects := fake.NewClientset(&certmanagerv1.Certificate{
		ObjectMeta: metav1.ObjectMeta{Namespace: "promgate", Name: "promgate"},
		Spec:       certmanagerv1.CertificateSpec{SecretName: "other", Duration: &metav1.Duration{Duration: time.Hour}},
	})
	source, err := CertManager(CertManagerOptions{
		Options: s.options().Options, CertManager: objects.CertmanagerV1(),
		Certificate: types.NamespacedName{Namespace: "promgate", Name: "promgate"}, Secret: "promgate-tls",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := source.(*certManager).look(t.Context()); err != nil {
		t.Fatal(err)
	}
	now, err := objects.CertmanagerV1().Certificates("promgate").Get(t.Context(), "promgate", metav1.GetOptions{})
	if err != nil || now.Spec.SecretName != "other" {
		t.Errorf("%v %+v", err, now)
	}
}

func bundleOf(cas ...authority) []*x509.Certificate {
	var all []*x509.Certificate
	for _, ca := range cas {
		all = append(all, ca.certificate)
	}
	return all
}
