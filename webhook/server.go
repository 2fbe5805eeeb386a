package webhook

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/time/rate"
	ctrlwebhook "sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/promgate/promgate/certs"
	"github.com/promgate/promgate/internal/review"
)

// Options of a Server.
type Options struct {
	// Host and Port are the address to listen on. An empty host means all addresses.
	Host string
	Port int

	// Cores are how many reviews are worked on at once. 0 means as many as Go uses.
	Cores int

	// Limits bound how long a client may hold a connection. Zero values are the defaults.
	Limits Limits

	// Certificate is the serving certificate. While it is not ready, /readyz says so. Reviews are
	// answered all the same: an API server that sends one has accepted the certificate.
	Certificate certs.Serving

	// Reviewer reviews the objects. Its model of the cluster also decides which labels an object is
	// missing.
	Reviewer *review.Reviewer

	// Settings are the settings at the start.
	Settings Settings

	// Ready returns the reason why reviews cannot be answered yet, or nil. If Ready is nil, they
	// always can.
	Ready func() error

	// Memory is how much memory the process may use, in bytes. Reviews stay within their part of it. 0 means that
	// there is no limit.
	Memory int64

	// Registry receives the server's metrics; /metrics shows Gatherer.
	Registry prometheus.Registerer
	Gatherer prometheus.Gatherer

	// Logger logs what happens to requests. It never receives a body.
	Logger *slog.Logger

	maxBody int64   // of a review, in bytes; the default is maxBodySize
	memory  *memory // the default follows from Memory

	forgetful bool // no verdict and no expression is remembered
}

// Server serves both webhooks, /healthz, /readyz and /metrics on one TLS port. It uses
// controller-runtime's webhook server for registration and metrics, but a listener of its own:
// controller-runtime's listener (v0.25, pkg/internal/httpserver) does not limit writing, and closes
// an idle connection after 90 s, just when the API server's client does, so that a review that is
// sent at that moment is lost.
type Server struct {
	ctrlwebhook.Server

	listener    *listener
	settings    atomic.Pointer[Settings]
	draining    atomic.Bool
	ready       func() error
	certificate certs.Serving
}

// NewServer returns a server that is not started yet.
func NewServer(o Options) *Server {
	s := &Server{ready: o.Ready, certificate: o.Certificate}
	s.settings.Store(&o.Settings)
	limits, mux := o.Limits.orDefault(), http.NewServeMux()
	s.Server = ctrlwebhook.NewServer(ctrlwebhook.Options{Host: o.Host, Port: o.Port, WebhookMux: mux})
	s.listener = newListener(o, limits, mux)

	metrics, most := NewMetrics(o.Registry), cmp.Or(o.maxBody, maxBodySize)
	if o.memory == nil {
		o.memory = newMemory(cmp.Or(o.Memory, unlimited))
	}
	o.memory.changed = metrics.holds
	queue := newQueue(cmp.Or(o.Cores, runtime.GOMAXPROCS(0)))
	queue.changed = func(waiting int) { metrics.waiting.Set(float64(waiting)) }
	reviewer := *o.Reviewer
	if reviewer.Live != nil {
		reviewer.Live = pausing{reviewer.Live, queue}
	}
	if reviewer.Objects != nil {
		reviewer.Objects = listing{reviewer.Objects, queue}
	}
	remembered := newVerdicts(reviewer.Cluster, cmp.Or(o.Memory, unlimited), metrics.remembers)
	memo := newMemo(cmp.Or(o.Memory, unlimited), metrics.remembersExpressions)
	if o.forgetful {
		remembered, memo = nil, nil
	}
	validate := &validator{reviewer: &reviewer, settings: &s.settings, verdicts: remembered, memo: memo, metrics: metrics, logger: o.Logger}
	mutate := &mutator{cluster: o.Reviewer.Cluster, settings: &s.settings, metrics: metrics, logger: o.Logger}
	s.Register("/validate", s.guarded(&handler{name: "validate", metrics: metrics, logger: o.Logger, most: most, memory: o.memory, queue: queue, cost: validateMemory, answer: validate.answer, closing: rate.Sometimes{Interval: closingInterval}, writeTimeout: limits.Write}))
	s.Register("/mutate", s.guarded(&handler{name: "mutate", metrics: metrics, logger: o.Logger, most: most, memory: o.memory, queue: queue, cost: mutateMemory, answer: mutate.answer, closing: rate.Sometimes{Interval: closingInterval}, writeTimeout: limits.Write}))

	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("/readyz", s.readyz)
	mux.Handle("/metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	return s
}

// Start serves until the context ends, as [ctrlwebhook.Server] does.
func (s *Server) Start(ctx context.Context) error { return s.listener.start(ctx) }

// Use replaces the settings. Requests that are being answered keep the old ones.
func (s *Server) Use(settings Settings) {
	s.settings.Store(&settings)
}

// Drain makes the server report that it is not ready, and close each connection after its next
// answer, so that the API server switches to another replica. The server continues to answer.
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
			// This is not a denial. The API server's client calls again within the webhook's
			// timeout, on a new connection, which may lead to another replica. After that the
			// failurePolicy decides.
			w.Header().Set("Connection", "close")
			w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
			writeError(w, "promgate is not ready: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// notReady returns the reason why the server is not ready, or nil.
func (s *Server) notReady() error {
	if s.ready == nil {
		return nil
	}
	return s.ready()
}

var errDraining = errors.New("shutting down")

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	err := s.notReady()
	if err == nil {
		err = s.certificate.Ready()
	}
	if s.draining.Load() {
		err = errDraining
	}
	if err != nil {
		writeError(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
