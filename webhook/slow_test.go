package webhook

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
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

// TestSlowReader: a client that keeps sending reviews, and reads one byte of the answers for each,
// loses its connection.
func TestSlowReader(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Write = 50 * time.Millisecond })
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

// TestSlowHeader: a client that does not finish its header loses its connection.
func TestSlowHeader(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Header = 50 * time.Millisecond })
	conn := dialSlow(t, r)
	if _, err := io.WriteString(conn, "POST /validate HTTP/1.1\r\n"); err != nil && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err) // on a busy machine the time is over before this is written
	}
	if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the server still holds the connection: %v", err)
	}
}

// TestSlowHandshake: the same for a client that does not begin its handshake.
func TestSlowHandshake(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Header = 50 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the server still holds the connection: %v", err)
	}
}

// TestIdle: a connection that is not used is closed, and not as early as the API server's
// client would close it.
func TestIdle(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Idle = 50 * time.Millisecond })
	conn := dialSlow(t, r)
	if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: promgate\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil || response.Close {
		t.Fatalf("%v; Connection: close is %v", err, response.Close)
	}
	if _, err := answers.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the server still holds the connection: %v", err)
	}
	if idle, client := (Limits{}).orDefault().Idle, 90*time.Second; idle <= client {
		t.Errorf("by default, promgate closes an idle connection after %s; the API server's client after %s", idle, client)
	}
}
