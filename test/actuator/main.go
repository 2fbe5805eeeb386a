// Command actuator is a small application for Prometheus to scrape: it counts its requests, and
// serves its metrics at /actuator/prometheus, like Spring Boot.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// headerTimeout is how long a client may take to send its header.
const headerTimeout = 10 * time.Second

func main() {
	address := flag.String("web.listen-address", "127.0.0.1:0", "address to listen on")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, *address)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "actuator: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address string) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("binding the port: %w", err)
	}
	slog.Info("Listening on", "address", listener.Addr().String())

	server := &http.Server{Handler: handler(), ReadHeaderTimeout: headerTimeout}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// handler answers requests. It fails at /fail, so that a client can see a failure.
func handler() http.Handler {
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total",
		Help: "Requests answered, except requests for the metrics.",
	}, []string{"path", "code"})
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds",
		Help: "Duration of the answers.",
	}, []string{"path"})
	registry := prometheus.NewRegistry()
	registry.MustRegister(requests, durations,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))

	mux := http.NewServeMux()
	mux.Handle("GET /actuator/prometheus", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	for path, status := range map[string]int{"/": http.StatusOK, "/fail": http.StatusInternalServerError} {
		// A counter that starts at 0 has a rate from its first request on.
		count := requests.WithLabelValues(path, strconv.Itoa(status))
		duration := durations.WithLabelValues(path)
		mux.HandleFunc("GET "+pattern(path), func(w http.ResponseWriter, _ *http.Request) {
			start := time.Now()
			w.WriteHeader(status)
			fmt.Fprintln(w, http.StatusText(status))
			count.Inc()
			duration.Observe(time.Since(start).Seconds())
		})
	}
	return mux
}

// pattern returns the router's pattern for a path. A slash at the end would match all paths below
// it.
func pattern(path string) string {
	if path == "/" {
		return "/{$}"
	}
	return path
}
