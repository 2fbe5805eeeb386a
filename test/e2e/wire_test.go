package e2e

import (
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// wire passes the bytes between a replica and the API server on. While held is locked, it passes
// nothing and keeps all connections open, like a packet filter that drops everything.
type wire struct {
	listener net.Listener
	target   string
	held     sync.RWMutex
	running  sync.WaitGroup
}

func startWire(t *testing.T) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, target: strings.TrimPrefix(apiConfig(t).Host, "https://")}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	w.running.Go(func() { w.accept(ctx) })
	t.Cleanup(func() {
		stop()
		listener.Close()
		w.running.Wait()
	})
	return w
}

func (w *wire) url() string { return "https://" + w.listener.Addr().String() }

func (w *wire) accept(ctx context.Context) {
	for {
		conn, err := w.listener.Accept()
		if err != nil {
			return // the listener is closed
		}
		w.running.Go(func() {
			defer conn.Close()
			var dialer net.Dialer
			to, err := dialer.DialContext(ctx, "tcp", w.target)
			if err != nil {
				return
			}
			defer to.Close()
			context.AfterFunc(ctx, func() { conn.Close(); to.Close() })
			join(heldConn{conn, &w.held}, heldConn{to, &w.held})
		})
	}
}

// heldConn waits before each write while its mutex is locked.
type heldConn struct {
	net.Conn

	held *sync.RWMutex
}

func (c heldConn) Write(p []byte) (int, error) {
	c.held.RLock()
	defer c.held.RUnlock()
	return c.Conn.Write(p)
}

// CloseWrite ends one way of the connection.
func (c heldConn) CloseWrite() error {
	c.held.RLock()
	defer c.held.RUnlock()
	return c.Conn.(*net.TCPConn).CloseWrite()
}

// deafening is a proxy of the API server for requests. When its generation changes, the open
// watches deliver nothing more; later watches do.
type deafening struct {
	server     *httptest.Server
	caFile     string
	generation atomic.Int64
}

func startDeafening(t *testing.T) *deafening {
	t.Helper()
	config := apiConfig(t)
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	// The caller has credentials of its own.
	transport, err := rest.TransportFor(rest.AnonymousClientConfig(config))
	if err != nil {
		t.Fatal(err)
	}
	d := &deafening{caFile: filepath.Join(t.TempDir(), "proxy.crt")}
	d.server = httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:      transport,
		FlushInterval:  -1,
		ModifyResponse: d.wrap,
	})
	d.server.EnableHTTP2 = true
	d.server.StartTLS()
	t.Cleanup(func() {
		d.server.CloseClientConnections()
		d.server.Close()
	})
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: d.server.Certificate().Raw})
	if err := os.WriteFile(d.caFile, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// wrap makes the body of a watch end with the current generation.
func (d *deafening) wrap(response *http.Response) error {
	if response.Request.URL.Query().Has("watch") {
		response.Body = &deafBody{ReadCloser: response.Body, of: d, generation: d.generation.Load(), gone: response.Request.Context().Done()}
	}
	return nil
}

// deafBody delivers nothing once its generation is over, until the client disconnects.
type deafBody struct {
	io.ReadCloser

	of         *deafening
	generation int64
	gone       <-chan struct{}
}

func (b *deafBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.of.generation.Load() != b.generation {
		<-b.gone
		return 0, io.ErrClosedPipe
	}
	return n, err
}

// apiConfig returns the configuration with which the administrator reaches the API server.
func apiConfig(t *testing.T) *rest.Config {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubectl.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// join copies between two connections until both ways have ended.
func join(a, b net.Conn) {
	var ways sync.WaitGroup
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		ways.Go(func() {
			_, _ = io.Copy(way[1], way[0])
			if half, ok := way[1].(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite()
			}
		})
	}
	ways.Wait()
}
