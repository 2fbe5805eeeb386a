package pemfile_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"

	"github.com/promgate/promgate/internal/pemfile"
)

func TestCertificates(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, content []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
	}
	text := bytes.Join([][]byte{
		[]byte("a comment\n"), block("CERTIFICATE", der), block("PRIVATE KEY", der), block("CERTIFICATE", []byte("garbage")), block("CERTIFICATE", der), []byte("the end"),
	}, nil)
	if got := pemfile.Certificates(text); len(got) != 2 || got[0].SerialNumber.Int64() != 7 || !got[1].Equal(got[0]) {
		t.Errorf("%d certificates", len(got))
	}
	if got := pemfile.Certificates([]byte("nothing")); got != nil {
		t.Errorf("%d certificates in no PEM", len(got))
	}
}
