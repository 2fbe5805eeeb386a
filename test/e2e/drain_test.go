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

// TestDrain: told to end, promgate says at once that it is not ready, and goes on
// taking new connections until the API server has moved on.
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
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, cluster.Promgate.URL+"/readyz", nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "shutting down") {
			return fmt.Errorf("it says %s: %s", response.Status, body)
		}
		return nil
	})
	<-stopped
	if err := cluster.Promgate.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}
