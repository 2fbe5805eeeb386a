// Package certs provides the serving certificate of the webhook server, and keeps it in step with
// the caBundle of the webhook configurations. [Source] hides where the certificate comes from: from a
// CA of promgate's own ([SelfSigned]), from cert-manager ([CertManager]), or from files ([Files]).
//
// One rule holds for all of them: a new certificate is served only once the live caBundle verifies
// it, unless the current one does not verify either.
package certs

import (
	"context"
	"crypto/tls"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Serving is what a server needs of a certificate. Many goroutines use it at once.
type Serving interface {
	// GetCertificate returns the current certificate, for tls.Config.
	GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)

	// Ready returns the reason why the API server would not accept the current certificate, or nil.
	Ready() error
}

// Source provides a serving certificate, and metrics of it.
type Source interface {
	Serving
	prometheus.Collector

	// Start keeps the certificate fresh until the context ends. It returns an error if it cannot
	// continue.
	Start(ctx context.Context) error
}

// Options are what every source needs to know.
type Options struct {
	// Client reads the webhook configurations, without a cache. If it is nil, nothing is known of
	// them, and each new certificate is served at once.
	Client client.WithWatch

	// Configuration is the name of the validating and of the mutating webhook configuration.
	Configuration string

	// Names are the DNS names and IP addresses of the certificate. Webhooks in the configurations
	// that are called by another name are not ours.
	Names []string

	// Settle is how long an API server may take to notice that a caBundle has changed. It also
	// covers the difference between the clocks of two replicas.
	Settle time.Duration

	// Clock is the time.
	Clock clock.PassiveClock

	// Logger logs what changes.
	Logger *slog.Logger
}

// maxInterval is the longest time between two looks at the cluster. A change of a webhook
// configuration leads to a look at once.
const maxInterval = 10 * time.Second

// interval is the time between two looks: a fraction of the shortest time that matters.
func interval(times ...time.Duration) time.Duration {
	shortest := maxInterval
	for _, t := range times {
		shortest = min(shortest, t/6)
	}
	return max(shortest, 100*time.Millisecond)
}
