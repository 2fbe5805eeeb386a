package rig

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificateAge is longer than any run of a rig.
const certificateAge = 365 * 24 * time.Hour

// Certificate is a serving certificate for this machine, and the CA that signed
// it, as PEM files.
type Certificate struct {
	CAFile   string
	CertFile string
	KeyFile  string
}

// NewCertificate creates a CA, discards its key, and writes a serving certificate for 127.0.0.1 and
// localhost to dir.
func NewCertificate(dir string) (Certificate, error) {
	c := Certificate{
		CAFile:   filepath.Join(dir, "ca.crt"),
		CertFile: filepath.Join(dir, "tls.crt"),
		KeyFile:  filepath.Join(dir, "tls.key"),
	}
	if err := c.write(); err != nil {
		return Certificate{}, fmt.Errorf("making a serving certificate: %w", err)
	}
	return c, nil
}

func (c Certificate) write() error {
	notBefore := time.Now().Add(-time.Hour)
	ca := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "promgate rig CA"},
		NotBefore:             notBefore,
		NotAfter:              notBefore.Add(certificateAge),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "localhost"},
		NotBefore:   notBefore,
		NotAfter:    notBefore.Add(certificateAge),
		DNSNames:    []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}

	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return err
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, leafKey.Public(), caKey)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalECPrivateKey(leafKey)
	if err != nil {
		return err
	}
	if err := writePEM(c.CAFile, "CERTIFICATE", caDER); err != nil {
		return err
	}
	if err := writePEM(c.CertFile, "CERTIFICATE", leafDER); err != nil {
		return err
	}
	return writePEM(c.KeyFile, "EC PRIVATE KEY", keyDER)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
