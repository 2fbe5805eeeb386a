package judge_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/promconfig"
)

// keys are the contents of all Secrets and ConfigMaps, by key.
type keys map[string]string

func (k keys) SecretKey(_, _, key string) ([]byte, bool) { return []byte(k[key]), true }

func (k keys) ConfigMapKey(_, _, key string) (string, bool) { return k[key], true }

var flawed = keys{"good": "abc", "line": "abc\n", "inner": "a\x01bc", "spaced": " abc\t", "wide": "pässwörd"}

// today is the day on which credentials are judged.
var today = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// TestCredentials: credentials that no header accepts are distinguished from credentials that are
// sent unchanged.
func TestCredentials(t *testing.T) {
	const fails, sent = "which no HTTP header takes: each request with it fails", "which is sent as part of it"
	for endpoint, want := range map[string]string{
		"authorization: {credentials: {name: a, key: good}}":                                                               "",
		"authorization: {credentials: {name: a, key: spaced}}":                                                             "",
		"authorization: {credentials: {name: a, key: wide}}":                                                               "",
		"authorization: {credentials: {name: a, key: line}}":                                                               "spec.endpoints[0].authorization.credentials: ends in a line break, " + fails,
		"authorization: {credentials: {name: a, key: inner}}":                                                              "spec.endpoints[0].authorization.credentials: holds the control character 0x01, " + fails,
		"bearerTokenSecret: {name: a, key: line}":                                                                          "spec.endpoints[0].bearerTokenSecret: ends in a line break, " + fails,
		"basicAuth: {username: {name: a, key: good}, password: {name: a, key: line}}":                                      "spec.endpoints[0].basicAuth.password: ends in a line break, " + sent,
		"basicAuth: {username: {name: a, key: line}, password: {name: a, key: inner}}":                                     "spec.endpoints[0].basicAuth.username: ends in a line break, " + sent,
		"oauth2: {clientId: {configMap: {name: a, key: line}}, clientSecret: {name: a, key: good}, tokenUrl: 'https://a'}": "spec.endpoints[0].oauth2.clientId: ends in a line break, " + sent,
		"oauth2: {clientId: {configMap: {name: a, key: good}}, clientSecret: {name: a, key: line}, tokenUrl: 'https://a'}": "spec.endpoints[0].oauth2.clientSecret: ends in a line break, " + sent,
		"{proxyUrl: 'http://a', proxyConnectHeader: {X-A: [{name: a, key: line}]}}":                                        "",
		"{params: {password: [\"a\\n\"]}, relabelings: [{targetLabel: a, replacement: b}]}":                                "",
	} {
		t.Run(endpoint, func(t *testing.T) {
			g, j := generator(t, "", flawed)
			m := &monitoringv1.ServiceMonitor{}
			m.Spec.Endpoints = make([]monitoringv1.Endpoint, 1)
			read(t, endpoint, &m.Spec.Endpoints[0])
			part := g.ServiceMonitor(m)
			expect(t, lines(j.Credentials(part).At(today)), want)
			if refused := j.Part(part); len(refused) > 0 {
				t.Errorf("the object is left out: %s", lines(refused))
			}
		})
	}
}

// TestCredentialsOfDiscoveries: the token of Consul has a header of its own.
func TestCredentialsOfDiscoveries(t *testing.T) {
	g, j := generator(t, "", flawed)
	c := &monitoringv1alpha1.ScrapeConfig{}
	read(t, "spec: {consulSDConfigs: [{server: 'a:1', tokenRef: {name: a, key: good}}, {server: 'a:1', tokenRef: {name: a, key: line}}]}", c)
	if got := lines(j.Credentials(g.ScrapeConfig(c)).At(today)); !strings.HasPrefix(got, "spec.consulSDConfigs[1].tokenRef: ends in a line break, which no HTTP header takes") {
		t.Errorf("got %q", got)
	}
}

// TestGlobalCredentials: the same for the credentials of the Prometheus object itself.
func TestGlobalCredentials(t *testing.T) {
	for spec, want := range map[string]string{
		"remoteWrite: [{url: http://a, authorization: {credentials: {name: a, key: line}}}]":                    "spec.remoteWrite[0].authorization.credentials: ends in a line break",
		"remoteWrite: [{url: http://a, headers: {X-Scope: \"a\\nb\"}}]":                                         "spec.remoteWrite[0].headers: holds a line break",
		"remoteWrite: [{url: http://a, bearerToken: \"a\\n\"}]":                                                 "spec.remoteWrite[0].bearerToken: ends in a line break",
		"scrapeClasses: [{name: a, authorization: {credentials: {name: a, key: line}}}]":                        "spec.scrapeClasses[0].authorization.credentials: ends in a line break",
		"alerting: {alertmanagers: [{name: a, port: web, authorization: {credentials: {name: a, key: line}}}]}": "spec.alerting.alertmanagers[0].authorization.credentials: ends in a line break",
		"externalLabels: {password: \"a\\n\"}":                                                                  "",
	} {
		_, j := generator(t, spec, flawed)
		expect(t, lines(j.GlobalCredentials().At(today)), want)
	}
	_, j := generator(t, "additionalScrapeConfigs: {name: a, key: list}", keys{"list": "- job_name: a\n  authorization: {credentials: \"a\\n\"}\n"})
	expect(t, lines(j.GlobalCredentials().At(today)), "spec.additionalScrapeConfigs[0]: ends in a line break")
}

// TestCredentialsNotRead: if Secrets are not read, there are no findings.
func TestCredentialsNotRead(t *testing.T) {
	g, j := generator(t, "remoteWrite: [{url: http://a, authorization: {credentials: {name: a, key: b}}}]", promconfig.Placeholders{})
	m := &monitoringv1.ServiceMonitor{}
	read(t, "spec: {selector: {}, endpoints: [{authorization: {credentials: {name: a, key: b}}}, {basicAuth: {username: {name: a, key: b}, password: {name: a, key: b}}}]}", m)
	for _, f := range append(j.Credentials(g.ServiceMonitor(m)).At(today), j.GlobalCredentials().At(today)...) {
		t.Errorf("%s: %s", f.Path, f.Problem)
	}
}

// TestCredentialsAsSent compares the verdicts on headers with the client that Prometheus uses: the
// request fails, or the server receives the value.
func TestCredentialsAsSent(t *testing.T) {
	seen := ""
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, basic := r.BasicAuth()
		seen = r.Header.Get("Authorization")
		if basic {
			seen = user + ":" + password
		}
	}))
	defer server.Close()
	for key, value := range flawed {
		secret := commonconfig.Secret(value)
		err := get(t, server.URL, commonconfig.HTTPClientConfig{Authorization: &commonconfig.Authorization{Type: "Bearer", Credentials: secret}})
		if fails := key == "line" || key == "inner"; fails != (err != nil) {
			t.Errorf("a token of %q: the request failed with %v", value, err)
		}
		if err := get(t, server.URL, commonconfig.HTTPClientConfig{BasicAuth: &commonconfig.BasicAuth{Username: "u", Password: secret}}); err != nil || seen != "u:"+value {
			t.Errorf("a password of %q: the server sees %q, %v", value, seen, err)
		}
	}
}

// TestBytesAsSent compares the verdict on each byte inside of a token with the client.
func TestBytesAsSent(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	m := &monitoringv1.ServiceMonitor{}
	read(t, "spec: {selector: {}, endpoints: [{authorization: {credentials: {name: a, key: b}}}]}", m)
	for b := range 256 {
		value := "a" + string([]byte{byte(b)}) + "c"
		err := get(t, server.URL, commonconfig.HTTPClientConfig{Authorization: &commonconfig.Authorization{Type: "Bearer", Credentials: commonconfig.Secret(value)}})
		g, j := generator(t, "", keys{"b": value})
		if warned := len(j.Credentials(g.ServiceMonitor(m)).At(today)) > 0; warned != (err != nil) {
			t.Errorf("byte 0x%02x: warned %t, and the request ended with %v", b, warned, err)
		}
	}
}

// TestProxyHeadersAsSent: net/http replaces line breaks in the headers that it sends to a proxy.
func TestProxyHeadersAsSent(t *testing.T) {
	seen := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Get("X-A")
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = get(t, "https://target.invalid", commonconfig.HTTPClientConfig{ProxyConfig: commonconfig.ProxyConfig{
		ProxyURL: commonconfig.URL{URL: u}, ProxyConnectHeader: commonconfig.ProxyHeader{"X-A": []commonconfig.Secret{"abc\n"}},
	}})
	if seen != "abc" {
		t.Errorf("the proxy sees %q", seen)
	}
}

func get(t *testing.T, address string, c commonconfig.HTTPClientConfig) error {
	t.Helper()
	client, err := commonconfig.NewClientFromConfig(c, "test")
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("sending a request: %w", err)
	}
	return response.Body.Close()
}
