package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// TestDrain checks that on SIGTERM promgate immediately reports that it is not ready, and continues
// to accept new connections until the API server uses another replica.
func TestDrain(t *testing.T) {
	client, err := rig.HTTPClient(cluster.Promgate.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("not a transport")
	}
	transport.DisableKeepAlives = true // each request is a new connection

	stopped := make(chan struct{})
	go func() {
		cluster.Promgate.Stop()
		close(stopped)
	}()
	eventually(t, "promgate to drain", func(ctx context.Context) error {
		status, body, err := ask(ctx, client, "/readyz")
		if err == nil && (status != http.StatusServiceUnavailable || !strings.Contains(body, "shutting down")) {
			err = fmt.Errorf("the answer is %d: %s", status, body)
		}
		return err
	})
	<-stopped
	if err := cluster.Promgate.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// ask requests a path from promgate.
func ask(ctx context.Context, client *http.Client, path string) (status int, body string, err error) {
	return askAt(ctx, client, cluster.Promgate.URL+path)
}

func askAt(ctx context.Context, client *http.Client, url string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}
