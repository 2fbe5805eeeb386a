package rig

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestActuator checks that requests are counted, and that the application starts again on the same
// port.
func TestActuator(t *testing.T) {
	a, err := StartActuator(t.Context(), actuatorPath(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Stop() })

	const counted = `http_requests_total{code="200",path="/"} `
	wantMetric(t, a, counted+"0")
	if err := a.Get(t.Context(), "/"); err != nil {
		t.Fatal(err)
	}
	wantMetric(t, a, counted+"1")
	if err := a.Get(t.Context(), "/fail"); err == nil {
		t.Error("/fail succeeds")
	}
	wantMetric(t, a, `http_requests_total{code="500",path="/fail"} 1`)

	a.Stop()
	if err := a.Get(t.Context(), "/"); err == nil {
		t.Error("it answers after Stop")
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantMetric(t, a, counted+"0")
}

func TestServerOnATakenPort(t *testing.T) {
	first, err := StartActuator(t.Context(), actuatorPath(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(first.Stop)
	asked := 0
	second, err := startServer(t.Context(), func() (int, error) {
		if asked++; asked == 1 {
			return first.Port, nil
		}
		return freePort()
	}, Command{Name: "second", Path: first.command.Path, LogDir: t.TempDir()}, first.signs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Stop)
	if asked != 2 || second.URL == first.URL {
		t.Errorf("two on one port: %s and %s after %d attempts", first.URL, second.URL, asked)
	}
}

// TestServerThatFails checks that the error contains the cause, and that a start that fails is not
// repeated.
func TestServerThatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fails")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho out of luck\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := StartNodeExporter(t.Context(), path, t.TempDir())
	if err == nil || strings.Count(err.Error(), "out of luck") != 1 {
		t.Errorf("the error should contain the cause once: %v", err)
	}
}

func actuatorPath(t *testing.T) string {
	t.Helper()
	path, err := testBuilder(t).Actuator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func wantMetric(t *testing.T, a *Server, line string) {
	t.Helper()
	response, err := http.Get(a.URL + "/actuator/prometheus")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), line+"\n") {
		t.Errorf("the metrics lack %q:\n%s", line, body)
	}
}
