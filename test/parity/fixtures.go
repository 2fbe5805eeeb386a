package parity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// namespaces are the namespaces of random objects, and one that contains none.
var namespaces = map[string]map[string]string{
	"monitoring": {"kubernetes.io/metadata.name": "monitoring", "env": "infra"},
	"shop":       {"kubernetes.io/metadata.name": "shop", "app": "web"},
	"web-1":      {"kubernetes.io/metadata.name": "web-1", "app": "web", "team": "a"},
	"other":      {"kubernetes.io/metadata.name": "other"},
}

// login is the content of the Secrets that are not certificates.
var login = map[string]string{
	"user":  "alice",
	"pass":  "p$ss: \"w'rd\" #1",
	"token": "on",
	"lines": "first\nsecond\n",
	"blank": " padded ",
	"empty": "",
	"num":   "1e3",
	"wide":  "pässwörd-日本",
	"hook":  "https://chat.example.com/hook",
	"uuid":  "11111111-2222-3333-4444-555555555555",
}

// additional are whole configurations.
var additional = map[string]string{
	"scrape": `- job_name: additional
  static_configs:
  - targets: ["localhost:9090"]
- job_name: sharded
  relabel_configs:
  - {source_labels: [__address__], modulus: 2, target_label: __tmp_hash, action: hashmod}
`,
	"relabel":      "- source_labels: [a]\n  target_label: b\n",
	"alertmanager": "- static_configs:\n  - targets: [\"am:9093\"]\n",
	"empty":        "",
}

// Fixtures are the namespaces and the objects that other objects refer to: the same names in each
// namespace, with different values.
func Fixtures() ([]json.RawMessage, error) {
	r := &Request{}
	names := []string{"monitoring", "shop", "web-1", "other"}
	for _, name := range names {
		r.add(map[string]any{
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": map[string]any{"name": name, "labels": namespaces[name]},
		})
		first, err := pair(name)
		if err != nil {
			return nil, fmt.Errorf("making a certificate: %w", err)
		}
		second, err := pair(name + " second")
		if err != nil {
			return nil, fmt.Errorf("making a certificate: %w", err)
		}
		first["key2"], first["crt2"], first["garbage"] = second["key"], second["crt"], "no certificate"
		own := map[string]string{}
		for key, value := range login {
			own[key] = value
		}
		own["user"] += "@" + name
		own["pass"] = strings.TrimSpace(own["pass"] + " " + name)
		for secret, data := range map[string]map[string]string{"tls": first, "login": own, "additional": additional} {
			r.add(map[string]any{
				"apiVersion": "v1", "kind": "Secret", "stringData": data,
				"metadata": map[string]any{"namespace": name, "name": secret},
			})
		}
		for config, data := range map[string]map[string]string{"tls": first, "login": own} {
			r.add(map[string]any{
				"apiVersion": "v1", "kind": "ConfigMap", "data": data,
				"metadata": map[string]any{"namespace": name, "name": config},
			})
		}
	}
	return r.Objects, nil
}

// pair creates a self-signed certificate, which is its own CA.
func pair(name string) (map[string]string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, NotAfter: time.Now().Add(time.Hour)}
	template.Subject.CommonName = name
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	crt := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	return map[string]string{
		"crt": crt, "ca": crt,
		"key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	}, nil
}

// isReference reports whether a value of a schema selects a key of a Secret or a ConfigMap.
func isReference(s *Schema) bool {
	return s.Properties["key"] != nil && s.Properties["name"] != nil && len(s.Properties) <= 3 &&
		(len(s.Properties) == 2 || s.Properties["optional"] != nil)
}

// reference selects a key that usually exists.
func (g *Generator) reference(path string, s *Schema, aims ...string) map[string]any {
	name, key := "login", choose(g.rnd, "user", "pass", "token", "lines", "blank", "num", "wide")
	if g.chance(2) && !strings.HasPrefix(path, "Prometheus") {
		// Prometheus refuses many values that are empty.
		key = "empty"
	}
	switch {
	case strings.HasSuffix(path, "scalewaySDConfigs[].secretKey"):
		key = "uuid"
	case strings.Contains(path, ".ca."):
		name, key = "tls", choose(g.rnd, "ca", "ca", "crt2")
	case strings.Contains(path, ".cert."):
		name, key = "tls", "crt"
	case strings.HasSuffix(path, ".keySecret"):
		name, key = "tls", "key"
	case strings.HasSuffix(path, "additionalScrapeConfigs"):
		name, key = "additional", "scrape"
	case strings.HasSuffix(path, "additionalAlertRelabelConfigs"):
		name, key = "additional", "relabel"
	case strings.HasSuffix(path, "additionalAlertManagerConfigs"):
		name, key = "additional", "alertmanager"
	}
	ref := map[string]any{"name": name, "key": key}
	if s.Properties["optional"] != nil && (g.chance(20) || slices.Contains(aims, path+".optional")) {
		ref["optional"] = g.chance(50)
	}
	if strings.HasPrefix(path, "Prometheus") && !g.chance(10) {
		// A missing Secret here makes everything else fail.
		return ref
	}
	switch g.rnd.IntN(600) {
	case 0:
		ref["name"] = "missing"
	case 1:
		ref["key"] = "missing"
	case 2:
		if name == "tls" {
			ref["key"] = "garbage"
		}
	}
	return ref
}
