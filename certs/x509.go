package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"time"
)

// backdate is how far a clock may be behind that of the replica that made a certificate.
const backdate = time.Hour

// authority is a CA. Its key is nil if the CA only verifies.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func (a authority) exists() bool { return a.certificate != nil }

// newAuthority makes a CA. CreateCertificate gives it a random serial number, and an id of its key.
func newAuthority(now time.Time, life time.Duration) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, fmt.Errorf("making the key of a CA: %w", err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "promgate CA", Organization: []string{"promgate"}},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(life),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return authority{}, fmt.Errorf("making a CA: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, fmt.Errorf("making a CA: %w", err)
	}
	return authority{certificate, key}, nil
}

// sign makes a serving certificate, with a key that never leaves this process.
func (a authority) sign(now time.Time, life time.Duration, names []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key of the serving certificate: %w", err)
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "promgate", Organization: []string{"promgate"}},
		NotBefore:   latest(now.Add(-backdate), a.certificate.NotBefore),
		NotAfter:    earliest(now.Add(life), a.certificate.NotAfter),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	dns, ips := splitNames(names)
	template.DNSNames = dns
	for _, ip := range ips {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(ip))
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("signing the serving certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("signing the serving certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// due is when a certificate that promgate made is renewed: at two thirds of its life.
func due(c *x509.Certificate) time.Time {
	made := c.NotBefore.Add(backdate)
	return made.Add(c.NotAfter.Sub(made) * 2 / 3)
}

func expired(c *x509.Certificate, now time.Time) bool { return now.After(c.NotAfter) }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func certificatesPEM(certificates []*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certificates {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a buffer takes everything
	}
	return b.Bytes()
}

func keyPEM(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding the key of a CA: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// authorityIn reads a CA that can sign.
func authorityIn(certificate, key []byte, now time.Time) (authority, error) {
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return authority{}, err
	}
	signer, ok := pair.PrivateKey.(crypto.Signer)
	switch {
	case !ok:
		return authority{}, errors.New("the key cannot sign")
	case !pair.Leaf.IsCA || pair.Leaf.KeyUsage&x509.KeyUsageCertSign == 0:
		return authority{}, errors.New("the certificate is not that of a CA")
	case expired(pair.Leaf, now):
		return authority{}, fmt.Errorf("the CA expired at %s", pair.Leaf.NotAfter.Format(time.RFC3339))
	case now.Before(pair.Leaf.NotBefore):
		return authority{}, fmt.Errorf("the CA is not valid before %s", pair.Leaf.NotBefore.Format(time.RFC3339))
	}
	return authority{pair.Leaf, signer}, nil
}
