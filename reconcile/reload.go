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

// A Reloader makes a Prometheus reload its configuration.
type Reloader struct {
	url    *url.URL
	client *http.Client

	succeeded prometheus.Gauge
	failures  *prometheus.CounterVec
}

// reloadTimeout is long because a Prometheus with many rules reloads slowly.
const reloadTimeout = 2 * time.Minute

// NewReloader returns a reloader for a Prometheus that was started with --web.enable-lifecycle.
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
			Help: "Whether Prometheus loaded the written configuration when it was last asked to reload.",
		}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promgate_reload_failures_total",
			Help: "Failed reloads, by reason: refused by Prometheus, or Prometheus unreachable.",
		}, []string{"reason"}),
	}
	registry.MustRegister(r.succeeded, r.failures)
	return r, nil
}

// A RefusedReloadError means that Prometheus rejected the configuration.
type RefusedReloadError struct{ Message string }

func (r *RefusedReloadError) Error() string { return "Prometheus refuses to reload: " + r.Message }

// Reload returns when Prometheus has loaded the configuration. The error is a [RefusedReloadError]
// if Prometheus rejected it, and another error if the outcome is unknown.
func (r *Reloader) Reload(ctx context.Context) error {
	err := r.reload(ctx)
	switch err.(type) { //nolint:errorlint // reload returns the type unwrapped
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
	// The reload counts as successful only if the runtime information says so; the status of the
	// request is not enough.
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

// maxAnswer limits how much of an answer is read, in bytes.
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
