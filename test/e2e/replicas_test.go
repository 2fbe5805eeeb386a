package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// splitter distributes single requests over replicas of promgate. A Service distributes
// connections, and the API server reuses those: it would take many calls until two calls of the
// same instant reach two replicas, which this test needs.
type splitter struct {
	targets []*httputil.ReverseProxy
	next    atomic.Int64

	mu     sync.Mutex
	judges map[string]int // the replica that judged an object first, by the object's name
}

// splitTo puts the running promgate and more replicas behind a splitter for the duration of the
// test, and makes the API server call the splitter.
func splitTo(t *testing.T, replicas int) *splitter {
	t.Helper()
	s := &splitter{judges: map[string]int{}}
	s.add(t, cluster.Promgate)
	for range replicas - 1 {
		replica, err := cluster.StartReplica(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(replica.Stop)
		s.add(t, replica)
	}
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	frontWith(t, server.URL, certificatePEM(server), s.next.Load)
	return s
}

// frontWith makes the API server call promgate at another address, for the duration of the test.
// calls grows with each call that arrives there.
func frontWith(t *testing.T, url string, ca []byte, calls func() int64) {
	t.Helper()
	front := *cluster.Promgate
	front.URL, front.CAFile = url, filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(front.CAFile, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	probe := serviceMonitor(metadata{Name: "front-probe", Namespace: "default"})
	asks := func(ctx context.Context, want bool) error {
		before := calls()
		if _, err := dryRun(ctx, probe); err != nil {
			return err
		}
		if asked := calls() > before; asked != want {
			return fmt.Errorf("the API server calls %s: %v", url, asked)
		}
		return nil
	}
	t.Cleanup(func() { // before the server at the address ends
		ctx := context.WithoutCancel(t.Context())
		err := cluster.RegisterWebhooks(ctx)
		if err == nil {
			err = rig.Poll(ctx, "the API server to call promgate itself again", timeout, func(ctx context.Context) error { return asks(ctx, false) })
		}
		if err != nil {
			t.Error(err)
		}
	})
	if err := rig.RegisterWebhooks(t.Context(), cluster.Kubectl, root, &front); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the API server to call "+url, func(ctx context.Context) error { return asks(ctx, true) })
}

func (s *splitter) add(t *testing.T, p *rig.Promgate) {
	t.Helper()
	client, err := rig.HTTPClient(p.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("not a transport")
	}
	transport.MaxIdleConnsPerHost = 2 * racers
	s.targets = append(s.targets, &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport,
	})
}

func (s *splitter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	replica := int(s.next.Add(1)) % len(s.targets)
	if r.URL.Path == "/validate" {
		if err := s.note(body, replica); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	s.targets[replica].ServeHTTP(w, r)
}

func (s *splitter) note(body []byte, replica int) error {
	var review struct {
		Request *struct {
			Name string `json:"name"`
		} `json:"request"`
	}
	if err := json.Unmarshal(body, &review); err != nil {
		return err
	}
	if review.Request == nil {
		return errors.New("no review")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, judged := s.judges[review.Request.Name]; !judged {
		s.judges[review.Request.Name] = replica
	}
	return nil
}

// parted counts the pairs whose monitors reached different replicas.
func (s *splitter) parted(pairs int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for pair := range pairs {
		if s.judges[fmt.Sprintf("a-%d", pair)] != s.judges[fmt.Sprintf("b-%d", pair)] {
			n++
		}
	}
	return n
}

func certificatePEM(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}
