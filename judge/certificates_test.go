package judge_test

import (
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// TestCertificates: certificate and key have to match, and an authority has to be a certificate,
// for a target and for the token server.
func TestCertificates(t *testing.T) {
	one, two := newPair(t), newPair(t)
	held := certificates{"one.crt": one.certificate, "one.key": one.key, "two.key": two.key, "garbage": "garbage"}
	ref := func(key string) string { return "{name: a, key: " + key + "}" }
	pair := func(certificate, key string) string {
		return "tlsConfig: {cert: {secret: " + ref(certificate) + "}, keySecret: " + ref(key) + "}"
	}
	for endpoint, want := range map[string]string{
		pair("one.crt", "one.key"):                             "",
		pair("one.crt", "two.key"):                             "spec.endpoints[0].tlsConfig.cert: certificate and key do not go together",
		pair("garbage", "one.key"):                             "spec.endpoints[0].tlsConfig.cert: certificate and key do not go together",
		pair("one.crt", "garbage"):                             "spec.endpoints[0].tlsConfig.cert: certificate and key do not go together",
		"tlsConfig: {ca: {secret: " + ref("one.crt") + "}}":    "",
		"tlsConfig: {ca: {configMap: " + ref("one.key") + "}}": "spec.endpoints[0].tlsConfig.ca: is not a certificate",
		"oauth2: {clientId: {secret: " + ref("garbage") + "}, clientSecret: " + ref("garbage") + ", tokenUrl: 'https://a', " + pair("one.crt", "two.key") + "}": "spec.endpoints[0].oauth2.tlsConfig.cert: certificate and key do not go together",
	} {
		g, j := generator(t, "", held)
		m := &monitoringv1.ServiceMonitor{}
		m.Spec.Endpoints = make([]monitoringv1.Endpoint, 1)
		read(t, "{"+endpoint+"}", &m.Spec.Endpoints[0])
		expect(t, lines(j.Part(g.ServiceMonitor(m))), want)
	}
}

// certificates are the contents of all Secrets and ConfigMaps, by key.
type certificates map[string]string

func (c certificates) SecretKey(_, _, key string) ([]byte, bool) { return []byte(c[key]), true }

func (c certificates) ConfigMapKey(_, _, key string) (string, bool) { return c[key], true }

type keyPair struct{ certificate, key string }

func newPair(t *testing.T) keyPair {
	t.Helper()
	return validFor(t, today.Add(-time.Hour), today.Add(time.Hour))
}
