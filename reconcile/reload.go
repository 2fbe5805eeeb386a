package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A Reloader asks a Prometheus to read its configuration again.
type Reloader struct {
	url    *url.URL
	client *http.Client

	succeeded prometheus.Gauge
	failures  *prometheus.CounterVec
}

// reloadTimeout is long: a Prometheus with many rules takes its time.
const reloadTimeout = 2 * time.Minute

// NewReloader makes one for a Prometheus that was started with --web.enable-lifecycle.
func NewReloader(address string, registry prometheus.Registerer) (*Reloader, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the URL of Prometheus: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the URL of Prometheus: %q is not http://HOST:PORT", address)
	}
	r := &Reloader{
		url: u, client: &http.Client{Timeout: reloadTimeout},
		succeeded: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "promgate_reload_successful",
			Help: "Whether Prometheus, when it was last asked to reload, says that it runs on the configuration that was written.",
		}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_reload_failures_total",
			Help: "Reloads that failed: refused by Prometheus, or unreachable.",
		}, []string{"reason"}),
	}
	registry.MustRegister(r.succeeded, r.failures)
	return r, nil
}

// A RefusedReloadError says that Prometheus does not take the configuration.
type RefusedReloadError struct{ Message string }

func (r *RefusedReloadError) Error() string { return "Prometheus refuses to reload: " + r.Message }

// Reload returns when Prometheus runs on the configuration. The error is a
// [RefusedReloadError] if it does not take it, and another one if that cannot be told.
func (r *Reloader) Reload(ctx context.Context) error {
	err := r.reload(ctx)
	switch err.(type) { //nolint:errorlint // reload makes it itself
	case nil:
		r.succeeded.Set(1)
	case *RefusedReloadError:
		r.succeeded.Set(0)
		r.failures.WithLabelValues("refused").Inc()
	default:
		r.succeeded.Set(0)
		r.failures.WithLabelValues("unreachable").Inc()
	}
	return err
}

func (r *Reloader) reload(ctx context.Context) error {
	status, body, err := r.do(ctx, http.MethodPost, "-/reload")
	switch {
	case err != nil:
		return err
	case status == http.StatusInternalServerError:
		return &RefusedReloadError{Message: strings.TrimPrefix(body, "failed to reload config: ")}
	case status == http.StatusServiceUnavailable:
		return fmt.Errorf("reloading Prometheus at %s: it is starting: %s", r.url, body)
	case status != http.StatusOK:
		return fmt.Errorf("reloading Prometheus at %s: status %d: %s; was it started with --web.enable-lifecycle?", r.url, status, body)
	}
	// What it says of itself counts, not that it took the request.
	status, body, err = r.do(ctx, http.MethodGet, "api/v1/status/runtimeinfo")
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			ReloadConfigSuccess *bool `json:"reloadConfigSuccess"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(body), &answer); status != http.StatusOK || err != nil || answer.Data.ReloadConfigSuccess == nil {
		return fmt.Errorf("asking Prometheus at %s how the reload went: status %d: %s", r.url, status, body)
	}
	if !*answer.Data.ReloadConfigSuccess {
		return &RefusedReloadError{Message: "its log says why"}
	}
	return nil
}

// maxAnswer is enough of what Prometheus says, in bytes.
const maxAnswer = 64 << 10

func (r *Reloader) do(ctx context.Context, method, path string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, r.url.JoinPath(path).String(), nil)
	if err != nil {
		return 0, "", fmt.Errorf("reloading Prometheus: %w", err)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return 0, "", fmt.Errorf("reloading Prometheus: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return 0, "", fmt.Errorf("reloading Prometheus: %w", err)
	}
	return response.StatusCode, strings.TrimSpace(string(text)), nil
}
