package promconfig

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
)

// Assets returns the contents of the Secrets and ConfigMaps that objects refer to. It is a
// state, not a connection. Found is false if the object or the key does not exist.
type Assets interface {
	SecretKey(namespace, name, key string) (value []byte, found bool)
	ConfigMapKey(namespace, name, key string) (value string, found bool)
}

// Placeholders resolve every reference to [Placeholder]. They are the [Assets] where Secrets
// and ConfigMaps are not read.
type Placeholders struct{}

// Placeholder is the value of every Secret and ConfigMap that was not read. Its content is
// never inspected, and no Secret has it by chance.
const Placeholder = "\x00promgate: not read"

// SecretKey returns the placeholder.
func (Placeholders) SecretKey(string, string, string) ([]byte, bool) {
	return []byte(Placeholder), true
}

// ConfigMapKey returns the placeholder.
func (Placeholders) ConfigMapKey(string, string, string) (string, bool) {
	return Placeholder, true
}

// rejectMissing rejects the object for a reference that does not resolve, even an optional
// one: the operator ignores "optional" too.
func (w *writer) rejectMissing(field fieldpath.Path, kind, namespace, name, key string) {
	if name == "" {
		w.rejectf(field, "names no %s", kind)
		return
	}
	w.rejectf(field, "%s %s/%s has no key %q, or does not exist", kind, namespace, name, key)
}

// certificateFile makes a file of a certificate or key, and returns its path.
func (w *writer) certificateFile(namespace string, ref monitoringv1.SecretOrConfigMap, content string) string {
	name := certificateName(namespace, ref)
	if content != "" {
		if w.files == nil {
			w.files = map[string][]byte{}
		}
		w.files[name] = []byte(content)
	}
	return w.g.paths.Certificates + "/" + name
}

// certificateName returns the file name that the operator uses: 0 is for a Secret, 1 for a
// ConfigMap.
func certificateName(namespace string, ref monitoringv1.SecretOrConfigMap) string {
	if ref.Secret != nil {
		return fmt.Sprintf("0_%s_%s_%s", namespace, ref.Secret.Name, ref.Secret.Key)
	}
	return fmt.Sprintf("1_%s_%s_%s", namespace, ref.ConfigMap.Name, ref.ConfigMap.Key)
}

// CheckAuthority checks a certificate authority as the operator does: the first block must
// be a certificate. An empty content and the Placeholder pass.
func CheckAuthority(content string) error {
	if content == "" || content == Placeholder {
		return nil
	}
	block, _ := pem.Decode([]byte(content))
	if block == nil {
		return errors.New("is not in PEM format")
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		return fmt.Errorf("is not a certificate: %w", err)
	}
	return nil
}

// CheckKeyPair checks that a certificate and its key, both in PEM format, go together. A pair
// of which one side is empty or the Placeholder passes.
func CheckKeyPair(certificate, key string) error {
	if certificate == "" || key == "" || certificate == Placeholder || key == Placeholder {
		return nil
	}
	if _, err := tls.X509KeyPair([]byte(certificate), []byte(key)); err != nil {
		return fmt.Errorf("certificate and key do not go together: %w", err)
	}
	return nil
}
