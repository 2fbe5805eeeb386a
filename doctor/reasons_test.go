package doctor_test

import (
	"testing"

	"github.com/promgate/promgate/doctor"
)

// TestReasonOf: what errors mean. The texts are those of kube-apiserver 1.37 and of Go 1.26 (test/e2e gets most of
// them from the real API server), and some that users of webhooks have reported.
func TestReasonOf(t *testing.T) {
	for text, want := range map[string]string{
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": no endpoints available for service "promgate"`:      "no-endpoints",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": service "promgate" not found`:                       "no-service",
		`Post "https://promgate.promgate.svc:8443/validate?timeout=5s": no service port 8443 found for service "promgate"`: "no-port",

		`Post "https://127.0.0.1:1/validate?timeout=5s": dial tcp 127.0.0.1:1: connect: connection refused`:                                                                      "refused",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": dial tcp 10.96.3.4:443: connect: no route to host`:                                                        "unreachable",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": dial tcp 10.96.3.4:443: i/o timeout`:                                                                      "timeout",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": context deadline exceeded`:                                                                                "timeout",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`: "timeout",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": No agent available`:                                                                                       "unreachable",
		`Post "https://promgate.example.com/validate?timeout=5s": dial tcp: lookup promgate.example.com on 10.0.0.10:53: no such host`:                                           "no-host",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": proxyconnect tcp: dial tcp 10.1.1.1:3128: i/o timeout`:                                                    "proxy",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": Proxy Authentication Required`:                                                                            "proxy",

		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": tls: failed to verify certificate: x509: certificate signed by unknown authority`:                                                                      "unknown-authority",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-02T00:00:00Z is after 2026-01-01T00:00:00Z`: "expired",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": tls: failed to verify certificate: x509: certificate is valid for a.b.svc, not promgate.promgate.svc`:                                                  "wrong-name",
		`Post "https://10.0.0.1:443/validate?timeout=5s": tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs`:                                           "wrong-name",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": x509: certificate relies on legacy Common Name field, use SANs instead`:                                                                                "wrong-name",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": remote error: tls: internal error`:                                                                                                                     "no-certificate",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": remote error: tls: bad certificate`:                                                                                                                    "client-certificate",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": remote error: tls: handshake failure`:                                                                                                                  "handshake",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": tls: first record does not look like a TLS handshake`:                                                                                                  "not-tls",
		`Post "https://127.0.0.1:80/validate?timeout=5s": http: server gave HTTP response to HTTPS client`:                                                                                                                    "not-tls",
		`unable to load root certificates: unable to parse bytes as PEM block`:                                                                                                                                                "bundle-unreadable",

		`the server could not find the requested resource`:                                                                                "wrong-path",
		`the server is currently unable to handle the request`:                                                                            "not-ready",
		`an error on the server ("") has prevented the request from succeeding`:                                                           "server-error",
		`the server has asked for the client to provide credentials`:                                                                      "not-promgate",
		`expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=`:                                            "not-promgate",
		`received invalid webhook response: expected response.uid="a", got ""`:                                                            "not-promgate",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": EOF`:                                                               "reset",
		`Post "https://promgate.promgate.svc:443/validate?timeout=5s": read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer`: "reset",
	} {
		got, known := doctor.ReasonOf(text)
		if !known || got.ID != want {
			t.Errorf("%s: %s, want %s", text, got.ID, want)
		}
		if got.Text == "" || got.Fix == "" {
			t.Errorf("%s: no text, or nothing to do", got.ID)
		}
	}
	if got, known := doctor.ReasonOf("something else"); known {
		t.Errorf("an unknown error is %s", got.ID)
	}
}
