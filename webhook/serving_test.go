package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Each test in this file covers a line of the table in docs/adr/0004-own-admission-handler.md.

// TestInFlightSurvivesStop: a request that arrived before the server is stopped is still answered,
// and its context is not cancelled.
func TestInFlightSurvivesStop(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	r := serve(t, withAnswer(func(ctx context.Context) error {
		close(entered)
		<-leave
		return ctx.Err()
	}))
	type result struct {
		code int
		body string
	}
	answered := make(chan result, 1)
	go func() {
		code, body := r.post(t, "/validate", "application/json", reviewBody(t, ruleRequest(`[]`)))
		answered <- result{code, body}
	}()
	<-entered
	r.stop()
	// The listener is closed when a new connection is refused: then the stop has begun.
	for {
		conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "https://"))
		if err != nil {
			break
		}
		conn.Close()
	}
	close(leave)
	if got := <-answered; got.code != http.StatusOK {
		t.Errorf("the review in flight got %d %s", got.code, got.body)
	}
}

// TestDrain: a draining server reports that immediately, continues to answer, and closes each
// connection after its answer.
func TestDrain(t *testing.T) {
	r := serve(t, nil)
	if code, body := r.get(t, "/readyz"); code != http.StatusOK {
		t.Fatalf("not ready: %d %s", code, body)
	}
	r.Drain()
	if code, body := r.get(t, "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "shutting down") {
		t.Errorf("readyz: %d %s", code, body)
	}
	if code, _ := r.get(t, "/healthz"); code != http.StatusOK {
		t.Errorf("healthz: %d", code)
	}
	response, err := r.client.Post(r.url+"/validate", "application/json", reviewBody(t, ruleRequest(`[]`)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || !response.Close {
		t.Errorf("got %d, Connection: close is %v", response.StatusCode, response.Close)
	}
}

func TestReadyWaits(t *testing.T) {
	wait := errors.New("the namespaces are not read yet")
	r := serve(t, func(o *Options) { o.Ready = func() error { return wait } })
	if code, body := r.get(t, "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, wait.Error()) {
		t.Errorf("readyz: %d %s", code, body)
	}
	response, err := r.client.Post(r.url+"/mutate", "application/json", reviewBody(t, ruleRequest(`[]`)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a review is answered: %d", response.StatusCode)
	}
	// With both headers the API server calls again, and may reach another replica.
	if after := response.Header.Get("Retry-After"); after != "1" || !response.Close {
		t.Errorf("Retry-After is %q, Connection: close is %v", after, response.Close)
	}
}

// TestCertificateNotReady: the server says that the API server would not accept its certificate, and answers
// those that accept it.
func TestCertificateNotReady(t *testing.T) {
	r := serve(t, func(o *Options) {
		certificate := o.Certificate.(fixed)
		certificate.notReady = errors.New("the caBundle does not verify it")
		o.Certificate = certificate
	})
	if code, body := r.get(t, "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "the caBundle does not verify it") {
		t.Errorf("readyz: %d %s", code, body)
	}
	r.review(t, "/validate", ruleRequest(`[]`))
}

// TestTLS: TLS 1.2 or later, and HTTP/1.1 even for a client that prefers HTTP/2.
func TestTLS(t *testing.T) {
	r := serve(t, nil)
	address := strings.TrimPrefix(r.url, "https://")
	config := r.client.Transport.(*http.Transport).TLSClientConfig.Clone()

	config.NextProtos = []string{"h2", "http/1.1"}
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("the server chose %q", got)
	}

	config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if old, err := tls.Dial("tcp", address, config); err == nil {
		old.Close()
		t.Error("the server speaks TLS 1.1")
	}
}

// TestTimeoutParameter: the API server's parameter is the deadline, up to the maximum.
func TestTimeoutParameter(t *testing.T) {
	cases := map[string]struct {
		query string
		want  time.Duration
	}{
		"Given":    {"?timeout=2s", 1800 * time.Millisecond},
		"Absent":   {"", 4500 * time.Millisecond},
		"Nonsense": {"?timeout=soon", 4500 * time.Millisecond},
		"Negative": {"?timeout=-1s", 4500 * time.Millisecond},
		"TooLong":  {"?timeout=1h", 27 * time.Second},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/validate"+tc.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := reviewTimeout(request); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// TestMetrics: requests by kind, operation and result; the duration from half a
// millisecond up; findings by check; defaulted objects; no names of objects.
func TestMetrics(t *testing.T) {
	r := serve(t, nil)
	r.review(t, "/validate", ruleRequest(`[{"name":"g","rules":[{"alert":"A","expr":"sum(up"}]}]`))
	r.review(t, "/mutate", ruleRequest(`[]`))
	metrics := r.metricsText(t)
	for _, want := range []string{
		`promgate_admission_requests_total{kind="PrometheusRule",operation="CREATE",result="denied",webhook="validate"} 1`,
		`promgate_admission_requests_total{kind="PrometheusRule",operation="CREATE",result="defaulted",webhook="mutate"} 1`,
		`promgate_admission_duration_seconds_bucket{webhook="validate",le="0.0005"}`,
		`promgate_findings_total{check="expr-syntax",severity="deny"} 1`,
		`promgate_defaulted_objects_total{kind="PrometheusRule"} 1`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in\n%s", want, metrics)
		}
	}
	if strings.Contains(metrics, "shop") {
		t.Error("a namespace is in the metrics")
	}
}

// TestNoBodyInLogs: not even at debug.
func TestNoBodyInLogs(t *testing.T) {
	r := serve(t, nil)
	r.review(t, "/validate", ruleRequest(`[{"name":"topsecret","rules":[{"alert":"A","expr":"topsecret("}]}]`))
	r.review(t, "/mutate", ruleRequest(`[{"name":"topsecret"}]`))
	if logs := r.logs.String(); strings.Contains(logs, "topsecret") || !strings.Contains(logs, "denied an object") {
		t.Errorf("logs:\n%s", logs)
	}
}
