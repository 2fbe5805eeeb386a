package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/promgate/promgate/certs"
)

// Limits bound how long a client may hold a connection.
type Limits struct {
	// Header is the time for the TLS handshake, and for the header of a request. It defaults to 10
	// s. The body of a review may take as long as the API server waits for the answer.
	Header time.Duration

	// Write is the time for reading an answer. It defaults to 5 s.
	Write time.Duration

	// Idle is how long a connection stays open between two requests. It defaults to 2 minutes. It
	// has to be longer than the 90 s after which the API server's client closes a connection by
	// itself: promgate must not close a connection just as the next review arrives on it, because
	// the API server does not send a review twice.
	Idle time.Duration
}

func (l Limits) orDefault() Limits {
	return Limits{
		Header: orElse(l.Header, 10*time.Second),
		Write:  orElse(l.Write, 5*time.Second),
		Idle:   orElse(l.Idle, 2*time.Minute),
	}
}

func orElse(given, otherwise time.Duration) time.Duration {
	if given == 0 {
		return otherwise
	}
	return given
}

const (
	// shutdownTimeout is the time for the pending answers when the server stops.
	shutdownTimeout = maxTimeout

	// maxHeaderBytes is far more than an API server sends.
	maxHeaderBytes = 64 << 10
)

// listener serves HTTPS until it is stopped.
type listener struct {
	address string
	tls     *tls.Config
	http    *http.Server
}

func newListener(o Options, limits Limits, handler http.Handler) *listener {
	return &listener{
		address: net.JoinHostPort(o.Host, strconv.Itoa(o.Port)),
		tls:     tlsConfig(o.Certificate),
		http: &http.Server{
			Handler:           handler,
			MaxHeaderBytes:    maxHeaderBytes,
			ReadHeaderTimeout: limits.Header,
			IdleTimeout:       limits.Idle,
			// This limit is for requests that are not reviews: for a review, [handler.ServeHTTP]
			// sets its own.
			WriteTimeout: maxTimeout + limits.Write,
			ErrorLog:     slog.NewLogLogger(o.Logger.Handler(), slog.LevelInfo), // failed handshakes
		},
	}
}

// tlsConfig requires TLS 1.2 or later, and HTTP/1.1, which the API server speaks to webhooks.
func tlsConfig(certificate certs.Serving) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: certificate.GetCertificate,
	}
}

// start serves until the context ends. Then it accepts no more connections, and returns when the
// received reviews are answered.
func (l *listener) start(ctx context.Context) error {
	bound, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.address)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	shut := make(chan error, 1)
	defer context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		shut <- l.http.Shutdown(last)
	})()
	if err := l.http.Serve(tls.NewListener(bound, l.tls)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	if err := <-shut; err != nil {
		return fmt.Errorf("waiting for the last answers: %w", err)
	}
	return nil
}
