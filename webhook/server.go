package webhook

import (
	"cmp"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	ctrlwebhook "sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/promgate/promgate/certs"
	"github.com/promgate/promgate/internal/review"
)

// Options of a Server.
type Options struct {
	// Host and Port to listen at. An empty host means all addresses.
	Host string
	Port int

	// WriteTimeout is how long a client may take to read an answer. The default is 5 s.
	WriteTimeout time.Duration

	// Certificate is the serving certificate.
	Certificate certs.Source

	// Reviewer reviews the objects. Its model of the cluster also decides which labels an
	// object lacks.
	Reviewer *review.Reviewer

	// Settings at the start.
	Settings Settings

	// Ready returns why reviews cannot be answered yet, or nil. A nil function means that
	// they always can.
	Ready func() error

	// Registry gets the server's metrics; Gatherer is what /metrics shows.
	Registry prometheus.Registerer
	Gatherer prometheus.Gatherer

	// Logger for what happens to requests. It never gets a body.
	Logger *slog.Logger

	maxBody int64 // of a review, in bytes; 0 means maxBodySize
}

// Server serves both webhooks, /healthz, /readyz and /metrics on one TLS port. It runs on
// controller-runtime's webhook server, which the manager starts. That gives a client 32 s for
// the header of a request, and closes a connection that is idle for 90 s (v0.25,
// pkg/internal/httpserver); how long a client may take to read is limited here.
type Server struct {
	ctrlwebhook.Server

	settings atomic.Pointer[Settings]
	draining atomic.Bool
	ready    func() error
}

// NewServer returns a server that is not started yet.
func NewServer(o Options) *Server {
	s := &Server{ready: o.Ready}
	s.settings.Store(&o.Settings)
	s.Server = ctrlwebhook.NewServer(ctrlwebhook.Options{
		Host: o.Host, Port: o.Port, TLSOpts: []func(*tls.Config){tlsConfig(o.Certificate)}, WebhookMux: http.NewServeMux(),
	})

	metrics, most := NewMetrics(o.Registry), cmp.Or(o.maxBody, maxBodySize)
	validate := &validator{reviewer: o.Reviewer, settings: &s.settings, metrics: metrics, logger: o.Logger}
	mutate := &mutator{cluster: o.Reviewer.Cluster, settings: &s.settings, metrics: metrics, logger: o.Logger}
	timeout := cmp.Or(o.WriteTimeout, defaultWriteTimeout)
	for path, h := range map[string]http.Handler{
		"/validate": s.guarded(&handler{name: "validate", metrics: metrics, logger: o.Logger, most: most, answer: validate.answer, writeTimeout: timeout}),
		"/mutate":   s.guarded(&handler{name: "mutate", metrics: metrics, logger: o.Logger, most: most, answer: mutate.answer, writeTimeout: timeout}),
		"/healthz":  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }),
		"/readyz":   http.HandlerFunc(s.readyz),
		"/metrics":  promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}),
	} {
		s.Register(path, withWriteDeadline(h, maxTimeout+timeout))
	}
	return s
}

// defaultWriteTimeout is far above what an API server takes to read an answer.
const defaultWriteTimeout = 5 * time.Second

// withWriteDeadline bounds a request from its header to the end of its answer. The handlers of
// reviews set an earlier deadline once they write. The deadline of the request before, on the
// same connection, would still hold otherwise.
func withWriteDeadline(next http.Handler, timeout time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Only a writer without a connection, as in a test, cannot set deadlines.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(timeout))
		next.ServeHTTP(w, r)
	})
}

// tlsConfig speaks TLS 1.2 at least, and HTTP/1.1 only, as the API server does to webhooks.
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

// Drain makes the server report that it is not ready, and close each connection after its
// next answer, so that the API server moves on to another replica. It goes on answering.
func (s *Server) Drain() {
	s.draining.Store(true)
}

// retryAfter is how many seconds the API server waits before it calls again.
const retryAfter = 1

// guarded passes reviews on once the server can judge them.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		if err := s.notReady(); err != nil {
			// Not a denial. The API server's client calls again within the webhook's timeout,
			// on a new connection, which may lead to another replica. After that the
			// failurePolicy decides.
			w.Header().Set("Connection", "close")
			w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
			writeError(w, "promgate is not ready: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// notReady returns what the server waits for, or nil.
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
		writeError(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
