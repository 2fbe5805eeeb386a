package judge_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/promconfig"
)

// validFor returns a certificate of an authority and of a server at once, and its key.
func validFor(t *testing.T, from, until time.Time) keyPair {
	t.Helper()
	return signed(t, from, until, nil)
}

// signed is validFor with the certificate of an issuer, or without one.
func signed(t *testing.T, from, until time.Time, issuer *keyPair) keyPair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(from.Unix()), Subject: pkix.Name{CommonName: from.String()}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	parent, signer := template, any(key)
	if issuer != nil {
		pair, err := tls.X509KeyPair([]byte(issuer.certificate), []byte(issuer.key))
		if err != nil {
			t.Fatal(err)
		}
		parent, signer = pair.Leaf, pair.PrivateKey
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return keyPair{
		certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})),
		key:         string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})),
	}
}

// TestValidity: a certificate outside of its window is a warning at the field that refers to it, and no
// reason to leave the object out.
func TestValidity(t *testing.T) {
	const day = 24 * time.Hour
	past, good, future := validFor(t, today.Add(-100*day), today.Add(-3*day)), validFor(t, today.Add(-day), today.Add(day)), validFor(t, today.Add(2*day), today.Add(9*day))
	older := validFor(t, today.Add(-900*day), today.Add(-800*day))
	held := keys{
		"past": past.certificate, "past.key": past.key, "good": good.certificate, "good.key": good.key, "future": future.certificate, "future.key": future.key,
		"mixed": past.certificate + good.certificate, "old": older.certificate + past.certificate, "later": past.certificate + future.certificate,
		"chain": good.certificate + past.certificate,
	}
	client := func(name, more string) string {
		return "scheme: https, tlsConfig: {cert: {secret: {name: a, key: " + name + "}}, keySecret: {name: a, key: " + more + "}}"
	}
	authority := func(name string) string {
		return "scheme: https, tlsConfig: {ca: {configMap: {name: a, key: " + name + "}}}"
	}
	const ca, cert = "spec.endpoints[0].tlsConfig.ca: ", "spec.endpoints[0].tlsConfig.cert: "
	for endpoint, want := range map[string]string{
		authority("good"):  "",
		authority("mixed"): "",
		authority("past"):  ca + "the certificate authority expired on 2026-05-29 12:00 UTC, 3d ago; each TLS connection that trusts it alone fails",
		authority("old"):   ca + "none of the 2 certificate authorities is valid: the nearest expired on 2026-05-29 12:00 UTC, 3d ago; each TLS connection that trusts them alone fails",
		authority("later"): ca + "none of the 2 certificate authorities is valid: the nearest is not valid before 2026-06-03 12:00 UTC, in 2d, and then until 2026-06-10 12:00 UTC; each",
		"scheme: https, tlsConfig: {insecureSkipVerify: true, ca: {secret: {name: a, key: past}}}": "",
		client("good", "good.key"):     "",
		client("chain", "good.key"):    "",
		client("past", "past.key"):     cert + "the client certificate expired on 2026-05-29 12:00 UTC, 3d ago; a server that verifies client certificates refuses it",
		client("future", "future.key"): cert + "the client certificate is not valid before 2026-06-03 12:00 UTC, in 2d, and then until 2026-06-10 12:00 UTC; a server",
		"oauth2: {clientId: {secret: {name: a, key: good}}, clientSecret: {name: a, key: good}, tokenUrl: 'https://a', tlsConfig: {ca: {secret: {name: a, key: past}}}}": "spec.endpoints[0].oauth2.tlsConfig.ca: the certificate authority expired",
	} {
		t.Run(endpoint, func(t *testing.T) {
			g, j := generator(t, "", held)
			m := &monitoringv1.ServiceMonitor{}
			m.Spec.Endpoints = make([]monitoringv1.Endpoint, 1)
			read(t, "{"+endpoint+"}", &m.Spec.Endpoints[0])
			part := g.ServiceMonitor(m)
			expect(t, lines(j.Credentials(part).At(today)), want)
			if refused := j.Part(part); len(refused) > 0 {
				t.Errorf("the object is left out: %s", lines(refused))
			}
		})
	}
	for spec, want := range map[string]string{
		"remoteWrite: [{url: https://a, tlsConfig: {ca: {secret: {name: a, key: past}}}}]":                   "spec.remoteWrite[0].tlsConfig.ca: the certificate authority expired",
		"alerting: {alertmanagers: [{name: a, port: web, tlsConfig: {ca: {secret: {name: a, key: past}}}}]}": "spec.alerting.alertmanagers[0].tlsConfig.ca: the certificate authority expired",
		"scrapeClasses: [{name: a, tlsConfig: {ca: {secret: {name: a, key: past}}}}]":                        "spec.scrapeClasses[0].tlsConfig.ca: the certificate authority expired",
		"remoteWrite: [{url: https://a, tlsConfig: {caFile: /etc/past}}]":                                    "",
	} {
		_, j := generator(t, spec, held)
		expect(t, lines(j.GlobalCredentials().At(today)), want)
	}
	_, j := generator(t, "remoteWrite: [{url: https://a, tlsConfig: {ca: {secret: {name: a, key: b}}}}]", promconfig.Placeholders{})
	expect(t, lines(j.GlobalCredentials().At(today)), "")
}

// TestNextValidity: the warning changes at the two ends of the window.
func TestNextValidity(t *testing.T) {
	from, until := today.Add(time.Hour), today.Add(2*time.Hour)
	_, j := generator(t, "remoteWrite: [{url: https://a, tlsConfig: {ca: {secret: {name: a, key: ca}}}}]", keys{"ca": validFor(t, from, until).certificate})
	c := j.GlobalCredentials()
	for now, want := range map[time.Time]time.Time{today: from, from: until, until: {}} {
		if got := c.Next(now); !got.Equal(want) {
			t.Errorf("after %s: %s, want %s", now, got, want)
		}
	}
	if first, later := c.At(today), c.At(today.Add(time.Minute)); first[0].Problem == later[0].Problem || first[0].Key != later[0].Key {
		t.Errorf("the keys %q and %q of one mistake, %s", first[0].Key, later[0].Key, later[0].Problem)
	}
}

// TestValidityAsConnected compares the verdicts with connections of the client that Prometheus uses: it
// trusts no expired authority, one valid authority of a bundle is enough, and a server that verifies
// client certificates refuses an expired one.
func TestValidityAsConnected(t *testing.T) {
	now := time.Now()
	good, past := validFor(t, now.Add(-time.Hour), now.Add(time.Hour)), validFor(t, now.Add(-2*time.Hour), now.Add(-time.Hour))
	issued := signed(t, now.Add(-time.Hour), now.Add(time.Hour), &past)
	serve := func(own keyPair, clients *x509.CertPool) string {
		pair, err := tls.X509KeyPair([]byte(own.certificate), []byte(own.key))
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.Config.ErrorLog = nil
		server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: clients, MinVersion: tls.VersionTLS12}
		if clients != nil {
			server.TLS.ClientAuth = tls.RequireAndVerifyClientCert
		}
		server.StartTLS()
		t.Cleanup(server.Close)
		return server.URL
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(good.certificate + past.certificate))
	for name, c := range map[string]struct {
		address string
		config  commonconfig.TLSConfig
		fails   bool
	}{
		"Good":       {serve(good, nil), commonconfig.TLSConfig{CA: good.certificate}, false},
		"Expired":    {serve(past, nil), commonconfig.TLSConfig{CA: past.certificate}, true},
		"Authority":  {serve(issued, nil), commonconfig.TLSConfig{CA: past.certificate}, true},
		"Skipped":    {serve(past, nil), commonconfig.TLSConfig{CA: past.certificate, InsecureSkipVerify: true}, false},
		"Bundle":     {serve(good, nil), commonconfig.TLSConfig{CA: past.certificate + good.certificate}, false},
		"Client":     {serve(good, pool), commonconfig.TLSConfig{CA: good.certificate, Cert: good.certificate, Key: commonconfig.Secret(good.key)}, false},
		"ClientPast": {serve(good, pool), commonconfig.TLSConfig{CA: good.certificate, Cert: past.certificate, Key: commonconfig.Secret(past.key)}, true},
		"ClientLax":  {serve(good, nil), commonconfig.TLSConfig{CA: good.certificate, Cert: past.certificate, Key: commonconfig.Secret(past.key)}, false},
	} {
		if err := get(t, c.address, commonconfig.HTTPClientConfig{TLSConfig: c.config}); (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
		}
	}
}
