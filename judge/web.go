package judge

import (
	"crypto/tls"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
)

// webMistakes returns what is wrong with the web server of an engine: what the operator refuses (v0.93.0, pkg/webconfig), and
// with what the server does not start. Known are the curves that it may know.
func webMistakes(w monitoringv1.WebConfigFileFields, engine string, known []string) []mistake {
	t := w.TLSConfig
	if t == nil {
		return nil
	}
	field := specPath.Field("web", "tlsConfig")
	if err := t.Validate(); err != nil {
		return []mistake{operatorStops(field, engine, err)}
	}
	return serverMistakes(t, field, engine+" does not start: ", known)
}

// operatorStops is a mistake that keeps the operator from updating anything of an instance.
func operatorStops(field fieldpath.Path, engine string, err error) mistake {
	return mistaken(field, fmt.Sprintf("the operator updates nothing of this %s: %s", engine, err))
}

// serverMistakes returns with what a server does not start (exporter-toolkit v0.20.0, web/tls_config.go).
func serverMistakes(t *monitoringv1.WebTLSConfig, field fieldpath.Path, starts string, known []string) []mistake {
	var mistakes []mistake
	least, most := tlsVersion(t.MinVersion, tls.VersionTLS12), tlsVersion(t.MaxVersion, tls.VersionTLS13) // the defaults of the server
	switch {
	case least == 0:
		mistakes = append(mistakes, mistaken(field.Field("minVersion"), fmt.Sprintf("%sthere is no TLS version %q; write TLS12 or TLS13", starts, *t.MinVersion)))
	case most == 0:
		mistakes = append(mistakes, mistaken(field.Field("maxVersion"), fmt.Sprintf("%sthere is no TLS version %q; write TLS12 or TLS13", starts, *t.MaxVersion)))
	case least > most:
		mistakes = append(mistakes, mistaken(field.Field("maxVersion"), "no TLS version is left between minVersion, which is TLS12 if it is not set, and maxVersion: nothing can connect"))
	}
	for i, name := range t.CipherSuites {
		if !isCipher(name) {
			mistakes = append(mistakes, mistaken(field.Field("cipherSuites").Index(i), fmt.Sprintf("%sthere is no cipher suite %q", starts, name)))
		}
	}
	for i, name := range t.CurvePreferences {
		if !slices.Contains(known, name) {
			mistakes = append(mistakes, mistaken(field.Field("curvePreferences").Index(i), fmt.Sprintf("%sthere is no curve %q", starts, name)))
		}
	}
	return append(mistakes, authorityMistakes(t, field, starts)...)
}

// authorityMistakes are about the certificates of clients.
func authorityMistakes(t *monitoringv1.WebTLSConfig, field fieldpath.Path, starts string) []mistake {
	asks := t.ClientAuthType != nil && *t.ClientAuthType != "" && *t.ClientAuthType != "NoClientCert"
	if asks && !slices.Contains(clientAuthTypes, *t.ClientAuthType) {
		return []mistake{mistaken(field.Field("clientAuthType"), fmt.Sprintf("%sthere is no type %q; write RequireAndVerifyClientCert, for one", starts, *t.ClientAuthType))}
	}
	has := t.ClientCA != monitoringv1.SecretOrConfigMap{} || t.ClientCAFile != nil && *t.ClientCAFile != ""
	if !has || asks {
		return nil
	}
	return []mistake{mistaken(field.Field("clientAuthType"), starts+"there is a CA for the certificates of clients, and none are asked for; write RequireAndVerifyClientCert, or remove the CA")}
}

// clientAuthTypes are the ways to ask for the certificate of a client (exporter-toolkit v0.20.0). The CRDs list them from the operator's
// v0.95 on.
var clientAuthTypes = []monitoringv1.ClientAuthType{"RequestClientCert", "RequireAnyClientCert", "RequireClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"}

// versionNames are the TLS versions that a web server can be configured with.
var versionNames = map[string]uint16{"TLS10": tls.VersionTLS10, "TLS11": tls.VersionTLS11, "TLS12": tls.VersionTLS12, "TLS13": tls.VersionTLS13}

// tlsVersion returns a version by its name, or 0.
func tlsVersion(name *string, byDefault uint16) uint16 {
	if name == nil || *name == "" {
		return byDefault
	}
	return versionNames[*name]
}

// webCurves are those of the web server in all releases (exporter-toolkit up to v0.20.0).
var webCurves = []string{"CurveP256", "CurveP384", "CurveP521", "X25519"}

// curves are those of Go, which Thanos takes for gRPC, and which a later web server may take.
var curves = []string{"CurveP256", "CurveP384", "CurveP521", "X25519", "X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"}

// isCipher reports whether some release of Go knows a cipher suite. The list from which servers take theirs becomes shorter from
// release to release.
func isCipher(name string) bool {
	named := func(c *tls.CipherSuite) bool { return c.Name == name }
	return slices.ContainsFunc(tls.CipherSuites(), named) || slices.ContainsFunc(tls.InsecureCipherSuites(), named)
}
