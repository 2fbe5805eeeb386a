// Package certs provides the serving certificate of the webhook server. [Source] hides where it
// comes from; today it comes from files that cert-manager, a Secret or an administrator provides.
package certs

import (
	"context"
	"crypto/tls"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
)

// Source provides a serving certificate. Many goroutines use it at once.
type Source interface {
	// GetCertificate returns the current certificate, for tls.Config.
	GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)

	// Start keeps the certificate fresh until the context ends. It returns an error if it cannot
	// continue.
	Start(ctx context.Context) error
}

// Files serves a certificate from a pair of PEM files, and reloads them when they are replaced,
// also through the symbolic links of a mounted Secret. If certificate and key do not match, it
// keeps serving the old pair until both files are replaced.
func Files(certificate, key string) (Source, error) {
	watcher, err := certwatcher.New(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("loading the serving certificate: %w", err)
	}
	return watcher, nil
}
