// Package certs provides the serving certificate of the webhook server. A [Source] hides
// where it comes from: today from files that cert-manager, a Secret or an administrator
// provides.
package certs

import (
	"context"
	"crypto/tls"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
)

// Source provides a serving certificate. It is used from many goroutines.
type Source interface {
	// GetCertificate returns the certificate to serve now, for tls.Config.
	GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)

	// Start keeps the certificate up to date until the context ends. It returns an error if
	// it cannot continue.
	Start(ctx context.Context) error
}

// Files serves a certificate from a pair of PEM files. It notices when they are replaced,
// also through the symbolic links of a mounted Secret. While the two files do not match, the
// previous certificate is served.
func Files(certificate, key string) (Source, error) {
	watcher, err := certwatcher.New(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("loading the serving certificate: %w", err)
	}
	return watcher, nil
}
