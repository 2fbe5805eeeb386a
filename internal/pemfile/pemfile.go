// Package pemfile reads the certificates in a PEM text, as crypto/x509 does when it fills a pool. It is a leaf: it
// imports nothing of promgate, and no client, network, file system or clock.
package pemfile

import (
	"crypto/x509"
	"encoding/pem"
)

// Certificates returns the certificates of a text, in their order. What is no certificate, or cannot be read, is passed
// over.
func Certificates(text []byte) []*x509.Certificate {
	var found []*x509.Certificate
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return found
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			found = append(found, c)
		}
	}
}
