package webhook

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// running is a server that listens on a real TLS port.
type running struct {
	*Server

	url      string
	client   *http.Client
	registry *prometheus.Registry
	logs     *lockedBuffer
	stop     context.CancelFunc // closed when the manager ends
	stopped  chan error
}

// serve starts a server; change may alter its options.
func serve(t *testing.T, change func(*Options)) *running {
	t.Helper()
	certificate, pool := selfSigned(t)
	registry := prometheus.NewRegistry()
	logs := &lockedBuffer{}
	o := Options{
		Host:        "127.0.0.1",
		Port:        freePort(t),
		Certificate: certificate,
		Reviewer:    &review.Reviewer{Kinds: builtin.Kinds()},
		Settings:    Settings{Labels: defaulting.AsInstalled()},
		Registry:    registry,
		Gatherer:    registry,
		Logger:      slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &running{
		Server:   NewServer(o),
		url:      "https://" + net.JoinHostPort(o.Host, strconv.Itoa(o.Port)),
		client:   &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}, Timeout: 30 * time.Second},
		registry: registry,
		logs:     logs,
		stop:     stop,
		stopped:  make(chan error, 1),
	}
	go func() { r.stopped <- r.Start(ctx) }()
	t.Cleanup(func() {
		stop()
		r.client.CloseIdleConnections()
		select {
		case err := <-r.stopped:
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		case <-time.After(70 * time.Second):
			t.Error("the server does not end")
		}
	})
	r.waitUntilServing(t)
	return r
}

func (r *running) waitUntilServing(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		response, err := r.client.Get(r.url + "/healthz")
		if err == nil {
			response.Body.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// post sends a body, and returns the status and the body of the answer.
func (r *running) post(t *testing.T, path, contentType string, body io.Reader) (int, string) {
	t.Helper()
	response, err := r.client.Post(r.url+path, contentType, body)
	return read(t, response, err)
}

// get returns the status and the body of an answer.
func (r *running) get(t *testing.T, path string) (int, string) {
	t.Helper()
	response, err := r.client.Get(r.url + path)
	return read(t, response, err)
}

func read(t *testing.T, response *http.Response, err error) (int, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

// review sends a request, and returns the response.
func (r *running) review(t *testing.T, path string, request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	t.Helper()
	code, content := r.post(t, path, "application/json", reviewBody(t, request))
	if code != http.StatusOK {
		t.Fatalf("HTTP %d: %s", code, content)
	}
	var answer admissionv1.AdmissionReview
	if err := json.Unmarshal([]byte(content), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Response == nil || answer.Response.UID != request.UID || answer.APIVersion != "admission.k8s.io/v1" || answer.Kind != "AdmissionReview" {
		t.Fatalf("not an answer to the request: %s", content)
	}
	return answer.Response
}

// fixed is a certs.Serving that never changes.
type fixed struct {
	certificate tls.Certificate
	notReady    error
}

func (f fixed) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return &f.certificate, nil
}
func (f fixed) Ready() error { return f.notReady }

func selfSigned(t *testing.T) (fixed, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return fixed{certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}, pool
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// withAnswer replaces the checks by a function, to test the server alone.
func withAnswer(run func(context.Context) error) func(*Options) {
	return func(o *Options) {
		gvk := builtin.Kinds()[0].GroupVersionKind
		o.Reviewer.Kinds = []validation.Kind{validation.NewKind(gvk,
			func(ctx context.Context, _ *struct{}, _ validation.Snapshot) (struct{}, error) {
				return struct{}{}, run(ctx)
			}, nil)}
	}
}

// lockedBuffer collects what many goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
