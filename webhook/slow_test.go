package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for the server to close a connection. The limits of the
// server are far below.
const patience = time.Minute

// dialSlow opens a connection whose receive buffer is small, and gives up after patience.
func dialSlow(t *testing.T, r *running) *tls.Conn {
	t.Helper()
	raw, err := net.Dial("tcp", strings.TrimPrefix(r.url, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.(*net.TCPConn).SetReadBuffer(1 << 10); err != nil {
		t.Fatal(err)
	}
	config := r.client.Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "127.0.0.1"
	conn := tls.Client(raw, config)
	t.Cleanup(func() { raw.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if err := conn.Handshake(); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestSlowReader: a client that goes on sending reviews, and reads a byte of the answers for
// each, loses its connection.
func TestSlowReader(t *testing.T) {
	r := serve(t, func(o *Options) { o.WriteTimeout = 50 * time.Millisecond })
	conn := dialSlow(t, r)
	broken := strings.Repeat(`,{"alert":"A","expr":"sum(up"}`, 20) // as much as an answer holds
	body, err := io.ReadAll(reviewBody(t, ruleRequest(`[{"name":"g","rules":[`+broken[1:]+`]}]`)))
	if err != nil {
		t.Fatal(err)
	}
	request := fmt.Appendf(nil, "POST /validate HTTP/1.1\r\nHost: promgate\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for err == nil {
		if _, err = conn.Write(request); err == nil {
			_, err = conn.Read(make([]byte, 1))
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the server still holds the connection: %v", err)
	}
}

// TestEachAnswerHasItsTime: on a connection that is kept, the deadline of an answer does not
// hold for the next one.
func TestEachAnswerHasItsTime(t *testing.T) {
	waits := make(chan struct{})
	r := serve(t, func(o *Options) {
		o.WriteTimeout = 50 * time.Millisecond
		withAnswer(func(context.Context) error { <-waits; return nil })(o)
	})
	if code, body := r.get(t, "/healthz"); code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	for range 2 {
		// The review is answered after the deadline of the answer before has passed.
		time.AfterFunc(100*time.Millisecond, func() { waits <- struct{}{} })
		if code, body := r.post(t, "/validate", "application/json", reviewBody(t, ruleRequest(`[]`))); code != http.StatusOK {
			t.Errorf("%d %s", code, body)
		}
	}
}
