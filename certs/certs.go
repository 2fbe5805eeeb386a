// Package certs provides the serving certificate of the webhook server. Where it
// comes from is behind [Source]; today it comes from files, as cert-manager, a
// Secret or an administrator puts them there.
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

	// Start keeps the certificate fresh until the context ends. It returns an error
	// if it cannot go on.
	Start(ctx context.Context) error
}

// Files serves a certificate from a pair of PEM files, and notices when they are
// replaced, also through the symbolic links of a mounted Secret. A pair that does
// not fit together is not taken: the old one is served until both files are there.
func Files(certificate, key string) (Source, error) {
	watcher, err := certwatcher.New(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("loading the serving certificate: %w", err)
	}
	return watcher, nil
}
