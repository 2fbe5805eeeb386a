package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/promgate/promgate/test/rig"
)

// readyInterval is how often a balancer checks which replicas are ready. A kubelet checks every two
// seconds; in a cluster the drain delay has to be longer accordingly.
const readyInterval = 50 * time.Millisecond

// balancer distributes connections over the replicas of promgate that are ready, as a Service does.
// It knows nothing of requests.
type balancer struct {
	listener net.Listener
	replicas []*balanced
	next     int
	// received counts the reads from clients that returned data. The number of connections is not
	// the number of calls, because the API server reuses a connection.
	received atomic.Int64

	running sync.WaitGroup
}

// balanced is a replica behind a balancer.
type balanced struct {
	address string
	client  *http.Client
	ready   atomic.Bool
}

func startBalancer(t *testing.T, replicas ...*rig.Promgate) *balancer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &balancer{listener: listener}
	for _, p := range replicas {
		client, err := rig.HTTPClient(p.CAFile)
		if err != nil {
			t.Fatal(err)
		}
		r := &balanced{address: strings.TrimPrefix(p.URL, "https://"), client: client}
		client.Transport.(*http.Transport).DisableKeepAlives = true
		r.ready.Store(true)
		b.replicas = append(b.replicas, r)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	for _, r := range b.replicas {
		b.running.Go(func() { r.look(ctx) })
	}
	b.running.Go(func() { b.accept(ctx) })
	t.Cleanup(func() {
		stop()
		listener.Close()
		b.running.Wait()
	})
	return b
}

func (b *balancer) url() string { return "https://" + b.listener.Addr().String() }

// look updates what the balancer knows about a replica.
func (r *balanced) look(ctx context.Context) {
	tick := time.NewTicker(readyInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+r.address+"/readyz", nil)
		if err != nil {
			panic(err) // the address is valid
		}
		response, err := r.client.Do(request)
		if err == nil {
			response.Body.Close()
		}
		r.ready.Store(err == nil && response.StatusCode == http.StatusOK)
	}
}

func (b *balancer) accept(ctx context.Context) {
	for {
		conn, err := b.listener.Accept()
		if err != nil {
			return // the listener is closed
		}
		target := b.pick()
		b.running.Go(func() {
			defer conn.Close()
			var dialer net.Dialer
			to, err := dialer.DialContext(ctx, "tcp", target)
			if err != nil {
				return
			}
			defer to.Close()
			context.AfterFunc(ctx, func() { conn.Close(); to.Close() })
			join(countedConn{conn.(*net.TCPConn), &b.received}, to)
		})
	}
}

// pick returns the address of the next replica that is ready, or the next one if none is.
func (b *balancer) pick() string {
	b.next++
	for i := range b.replicas {
		if r := b.replicas[(b.next+i)%len(b.replicas)]; r.ready.Load() {
			b.next += i
			return r.address
		}
	}
	return b.replicas[b.next%len(b.replicas)].address
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

// countedConn counts the reads that return data.
type countedConn struct {
	*net.TCPConn

	reads *atomic.Int64
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	if n > 0 {
		c.reads.Add(1)
	}
	return n, err
}

// WriteTo hides the method of the embedded connection, whose reads are not counted.
func (c countedConn) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}
