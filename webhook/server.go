package webhook

import (
	"cmp"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	ctrlwebhook "sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/promgate/promgate/certs"
	"github.com/promgate/promgate/validation"
)

// Options of a Server.
type Options struct {
	// Host and Port to listen at. An empty host means all addresses. The port has to
	// be given.
	Host string
	Port int

	// Certificate is the serving certificate.
	Certificate certs.Source

	// Kinds that have checks.
	Kinds []validation.Kind

	// Judge speaks for the Prometheus objects of which nothing is known. It may be nil.
	Judge validation.Judge

	// Settings at the start.
	Settings Settings

	// Namespaces knows the labels of namespaces.
	Namespaces Namespaces

	// Prometheuses knows who takes an object. Nil means that nobody is known to.
	Prometheuses Prometheuses

	// Ready says why the server is not ready to answer, if it is not, apart from what
	// the server knows itself. Nil means nothing stands in the way.
	Ready func() error

	// Live reads one object from the API server, to confirm a denial. It is needed where
	// there are Prometheuses.
	Live Live

	// Stale names a kind of which nothing has been heard for so long that what is known of
	// the cluster may be old. It is asked with each request, and answers from memory. Nil
	// means that it never is.
	Stale func() (kind string, stale bool)

	// Registry gets the server's metrics; Gatherer is what /metrics shows.
	Registry prometheus.Registerer
	Gatherer prometheus.Gatherer

	// Logger for what happens to requests. No body ever goes there.
	Logger *slog.Logger

	maxBody int64 // of a review, in bytes; 0 means maxBodySize
}

// Server serves both webhooks, /healthz, /readyz and /metrics on one TLS port. It
// runs on controller-runtime's webhook server, which the manager starts.
type Server struct {
	ctrlwebhook.Server

	settings atomic.Pointer[Settings]
	draining atomic.Bool
	ready    func() error
}

// NewServer makes a server that is not started yet.
func NewServer(o Options) *Server {
	s := &Server{ready: o.Ready}
	s.settings.Store(&o.Settings)

	mux := http.NewServeMux()
	s.Server = ctrlwebhook.NewServer(ctrlwebhook.Options{
		Host:       o.Host,
		Port:       o.Port,
		TLSOpts:    []func(*tls.Config){tlsConfig(o.Certificate)},
		WebhookMux: mux,
	})

	metrics, most := NewMetrics(o.Registry), cmp.Or(o.maxBody, maxBodySize)
	validate := &validator{kinds: o.Kinds, settings: &s.settings, namespaces: o.Namespaces, permissive: o.Judge, prometheuses: o.Prometheuses, live: o.Live, stale: o.Stale, metrics: metrics, logger: o.Logger}
	mutate := &mutator{settings: &s.settings, namespaces: o.Namespaces, prometheuses: o.Prometheuses, metrics: metrics, logger: o.Logger}
	s.Register("/validate", s.guarded(&handler{name: "validate", metrics: metrics, logger: o.Logger, most: most, answer: validate.answer}))
	s.Register("/mutate", s.guarded(&handler{name: "mutate", metrics: metrics, logger: o.Logger, most: most, answer: mutate.answer}))

	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("/readyz", s.readyz)
	mux.Handle("/metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	return s
}

// tlsConfig speaks TLS 1.2 at least, and HTTP/1.1 only: it is what the API server
// talks to webhooks.
func tlsConfig(certificate certs.Source) func(*tls.Config) {
	return func(c *tls.Config) {
		c.MinVersion = tls.VersionTLS12
		c.NextProtos = []string{"http/1.1"}
		c.GetCertificate = certificate.GetCertificate
	}
}

// Use replaces the settings. Requests that are being answered keep the old ones.
func (s *Server) Use(settings Settings) {
	s.settings.Store(&settings)
}

// Drain makes the server say that it is not ready, and close each connection after
// its next answer, so that the API server's kept connections move to another
// replica. It goes on answering.
func (s *Server) Drain() {
	s.draining.Store(true)
}

// guarded lets reviews in once the server can judge them.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		if err := s.notReady(); err != nil {
			// Not a denial: failurePolicy decides on what cannot be judged yet.
			http.Error(w, "promgate is not ready: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// notReady says what the server waits for, if it does.
func (s *Server) notReady() error {
	if s.ready == nil {
		return nil
	}
	return s.ready()
}

var errDraining = errors.New("shutting down")

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	err := s.notReady()
	if s.draining.Load() {
		err = errDraining
	}
	if err != nil {
		http.Error(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
