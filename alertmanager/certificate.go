package alertmanager

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/promconfig"
)

// certificatesPath is where the operator mounts certificates and keys into the pods of an Alertmanager.
const certificatesPath = "/etc/alertmanager/certs"

// certificateFile makes a file of a certificate or key, and returns its path. In its name 0 is for a Secret, 1
// for a ConfigMap.
func (w *writer) certificateFile(ref monitoringv1.SecretOrConfigMap, content string) string {
	name := ""
	switch {
	case ref.Secret != nil:
		name = fmt.Sprintf("0_%s_%s_%s", w.namespace, ref.Secret.Name, ref.Secret.Key)
	case ref.ConfigMap != nil:
		name = fmt.Sprintf("1_%s_%s_%s", w.namespace, ref.ConfigMap.Name, ref.ConfigMap.Key)
	}
	if content != "" {
		if w.files == nil {
			w.files = map[string][]byte{}
		}
		w.files[name] = []byte(content)
	}
	return certificatesPath + "/" + name
}

// checkAuthority checks a certificate authority as the operator does: the first block must be a certificate.
func checkAuthority(content string) error {
	if content == "" || content == promconfig.Placeholder {
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

func checkKeyPair(certificate, key string) error {
	if certificate == "" || key == "" || certificate == promconfig.Placeholder || key == promconfig.Placeholder {
		return nil
	}
	if _, err := tls.X509KeyPair([]byte(certificate), []byte(key)); err != nil {
		return fmt.Errorf("certificate and key do not go together: %w", err)
	}
	return nil
}
