package live_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/promgate/promgate/internal/live"
)

// TestProxy: the answers of a pod, and those of the API server in front of it.
func TestProxy(t *testing.T) {
	const refused = `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"pods \"prometheus-main-0:9090\" is forbidden","reason":"Forbidden","details":{"name":"prometheus-main-0:9090","kind":"pods"},"code":403}`
	cases := map[string]struct {
		code       int
		kind, body string
		want       string // the body, or a part of the error
		forbidden  bool
	}{
		"Answer":     {200, "application/json", `{"status":"success"}`, `{"status":"success"}`, false},
		"Mistake":    {400, "application/json", `{"status":"error","error":"bad"}`, `{"status":"error","error":"bad"}`, false},
		"NotAllowed": {403, "application/json", refused, `is forbidden`, true},
		"Sidecar":    {403, "text/plain", `Forbidden (user=a)`, `does not answer as Prometheus does`, false},
		"NoPod":      {404, "application/json", `{"kind":"Status","status":"Failure","message":"pods \"a\" not found","reason":"NotFound","code":404}`, `not found`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var asked *url.URL
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.code)
				_, _ = w.Write([]byte(c.body))
			}))
			defer server.Close()
			proxy, err := live.NewProxy(&rest.Config{Host: server.URL, QPS: -1})
			if err != nil {
				t.Fatal(err)
			}
			got, err := proxy.Get(t.Context(), live.Pod{Namespace: "monitoring", Name: "prometheus-main-0", Port: 9090, TLS: true}, "/prometheus/api/v1/rules", url.Values{"rule_group[]": {"a", "b"}})
			text := string(got)
			if err != nil {
				text = err.Error()
			}
			if !strings.Contains(text, c.want) || apierrors.IsForbidden(err) != c.forbidden {
				t.Errorf("%s, %v", got, err)
			}
			if want := "/api/v1/namespaces/monitoring/pods/https:prometheus-main-0:9090/proxy/prometheus/api/v1/rules"; asked.Path != want {
				t.Errorf("asked %s, want %s", asked.Path, want)
			}
			if groups := asked.Query()["rule_group[]"]; strings.Join(groups, " ") != "a b" {
				t.Errorf("asked for the groups %q", groups)
			}
		})
	}
}

func TestURL(t *testing.T) {
	var asked *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		switch r.URL.Path {
		case "/prometheus/api/v1/targets":
			_, _ = w.Write([]byte("ok"))
		case "/prometheus/api/v1/rules":
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"status":"error"}`))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	u, err := live.NewURL(strings.Replace(server.URL, "http://", "http://me:secret@", 1) + "/prometheus/")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(u.String(), "secret") {
		t.Errorf("%s has the password", u)
	}
	ctx := t.Context()
	if got, err := u.Get(ctx, "/api/v1/targets", url.Values{"scrapePool": {"a/b"}}); string(got) != "ok" || err != nil || asked.URL.RawQuery != "scrapePool=a%2Fb" {
		t.Errorf("%s, %v, asked %s", got, err, asked.URL)
	}
	if user, password, _ := asked.BasicAuth(); user != "me" || password != "secret" {
		t.Errorf("asked as %s", user)
	}
	if got, err := u.Get(ctx, "/api/v1/rules", nil); string(got) != `{"status":"error"}` || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := u.Get(ctx, "/api/v1/other", nil); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%s, %v", got, err)
	}
	server.Close()
	if _, err := u.Get(ctx, "/api/v1/rules", nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	for _, address := range []string{"localhost:9090", "http://", "ftp://me:secret@a", "http://me:secret@[", ""} {
		if _, err := live.NewURL(address); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
