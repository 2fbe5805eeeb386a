package certs

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	certmanager "github.com/cert-manager/cert-manager/pkg/client/clientset/versioned/typed/certmanager/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// managedLabel marks a Certificate that promgate keeps as its flags say. Another one is used as it is.
const managedLabel = "promgate.dev/certificate"

// CertManagerOptions are the options of [CertManager].
type CertManagerOptions struct {
	Options

	// CertManager is the client for cert-manager's objects.
	CertManager certmanager.CertmanagerV1Interface

	// Certificate is the Certificate that promgate creates for itself.
	Certificate types.NamespacedName

	// Secret is where cert-manager stores the certificate, in the namespace of the Certificate.
	Secret string

	// Issuer signs it.
	Issuer cmmeta.IssuerReference
}

// certManager serves a certificate that it requests from cert-manager, and reads from its Secret.
type certManager struct {
	*gate
	verifier

	loop   *loop
	o      CertManagerOptions
	served []byte // the certificate that was offered last
	said   string
}

// CertManager returns a source that creates a Certificate for itself, waits until cert-manager has issued
// it, and reads its Secret. cert-manager's cainjector writes the caBundle.
func CertManager(o CertManagerOptions) (Source, error) {
	if o.Client == nil {
		return nil, errNoClient
	}
	c := &certManager{gate: newGate(o.Options), loop: newLoop(o.Logger, interval(o.Settle)), o: o}
	c.verifier = verifier{options: o.Options, at: c.gate, api: kubernetes{o.Client, o.Configuration, o.Names}}
	c.loop.step = c.look
	return c, nil
}

// Start keeps the Certificate, and serves what is issued, until the context ends.
func (c *certManager) Start(ctx context.Context) error {
	watches := append(c.watches(c.loop.changed), c.watchCertificate, func(ctx context.Context) {
		notify(ctx, c.o.Client, watched{
			object: &corev1.Secret{}, list: func() client.ObjectList { return &corev1.SecretList{} },
			namespace: c.o.Certificate.Namespace, name: c.o.Secret,
		}, c.loop.changed)
	})
	c.loop.run(ctx, watches...)
	return nil
}

func (c *certManager) look(ctx context.Context) error {
	// First the certificate: whatever the caBundle is, a newer one is offered before the two are compared.
	waiting, err := c.request(ctx)
	if err == nil {
		err = c.read(ctx, waiting)
	}
	if err != nil {
		c.waits(err)
	}
	return errors.Join(err, c.verifier.look(ctx))
}

// request creates or corrects the Certificate, and returns what it waits for, or nil.
func (c *certManager) request(ctx context.Context) (waiting, err error) {
	certificates := c.o.CertManager.Certificates(c.o.Certificate.Namespace)
	now, err := certificates.Get(ctx, c.o.Certificate.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		now, err = certificates.Create(ctx, c.wanted(nil), metav1.CreateOptions{FieldManager: fieldManager})
		if apierrors.IsNotFound(err) {
			return nil, errors.New("cert-manager is not installed: the API server does not know its Certificate")
		}
	case err == nil && now.Labels[managedLabel] == "true":
		if wanted := c.wanted(now); !sameRequest(now.Spec, wanted.Spec) {
			now, err = certificates.Update(ctx, wanted, metav1.UpdateOptions{FieldManager: fieldManager})
		}
	}
	if err != nil {
		return nil, fmt.Errorf("requesting the Certificate %s: %w", c.o.Certificate, err)
	}
	waiting = c.waitsFor(ctx, now)
	c.say(waiting)
	return waiting, nil
}

// wanted returns the Certificate as it has to be. What promgate does not set is kept.
func (c *certManager) wanted(now *certmanagerv1.Certificate) *certmanagerv1.Certificate {
	wanted := &certmanagerv1.Certificate{ObjectMeta: metav1.ObjectMeta{
		Namespace: c.o.Certificate.Namespace, Name: c.o.Certificate.Name,
		Labels: map[string]string{managedLabel: "true", nameLabel: "promgate"},
	}}
	if now != nil {
		wanted = now.DeepCopy()
	}
	wanted.Spec.SecretName, wanted.Spec.IssuerRef = c.o.Secret, c.o.Issuer
	wanted.Spec.DNSNames, wanted.Spec.IPAddresses = splitNames(c.o.Names)
	wanted.Spec.Usages = []certmanagerv1.KeyUsage{certmanagerv1.UsageDigitalSignature, certmanagerv1.UsageServerAuth}
	wanted.Spec.PrivateKey = &certmanagerv1.CertificatePrivateKey{
		Algorithm: certmanagerv1.ECDSAKeyAlgorithm, Size: 256, RotationPolicy: certmanagerv1.RotationPolicyAlways,
	}
	return wanted
}

// sameRequest compares what promgate sets.
func sameRequest(a, b certmanagerv1.CertificateSpec) bool {
	return a.SecretName == b.SecretName && a.IssuerRef == b.IssuerRef && slices.Equal(a.DNSNames, b.DNSNames) &&
		slices.Equal(a.IPAddresses, b.IPAddresses) && slices.Equal(a.Usages, b.Usages) &&
		a.PrivateKey != nil && *a.PrivateKey == *b.PrivateKey
}

// say logs once what is waited for, and that it has come.
func (c *certManager) say(waiting error) {
	text := ""
	if waiting != nil {
		text = waiting.Error()
	}
	switch text {
	case c.said:
	case "":
		c.o.Logger.Info("cert-manager has issued the certificate", "certificate", c.o.Certificate.String())
	default:
		c.o.Logger.Info("waiting for cert-manager", "certificate", c.o.Certificate.String(), "reason", text)
	}
	c.said = text
}

// read offers the certificate in the Secret. A renewal that fails does not matter while the last certificate is there.
func (c *certManager) read(ctx context.Context, waiting error) error {
	name := types.NamespacedName{Namespace: c.o.Certificate.Namespace, Name: c.o.Secret}
	secret, err := c.api.secret(ctx, name)
	switch {
	case err != nil:
		return err
	case secret == nil || len(secret.Data[corev1.TLSCertKey]) == 0:
		if waiting == nil {
			waiting = fmt.Errorf("the Secret %s does not contain a certificate", name)
		}
		c.waits(waiting)
		return nil
	case bytes.Equal(secret.Data[corev1.TLSCertKey], c.served):
		return nil
	}
	pair, err := tls.X509KeyPair(secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey])
	if err != nil {
		return fmt.Errorf("reading the certificate in the Secret %s: %w", name, err)
	}
	c.served = bytes.Clone(secret.Data[corev1.TLSCertKey])
	c.offer(&pair)
	return nil
}
