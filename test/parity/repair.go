package parity

import (
	"slices"
	"strings"
)

// careless returns true now and then: a rule between fields is then ignored, to check that both
// sides refuse the same objects. It is rarer for a Prometheus, whose mistakes make everything fail.
func (g *Generator) careless(path string) bool {
	if strings.HasPrefix(path, "Prometheus") && !strings.HasPrefix(path, "PrometheusRule") {
		return g.rnd.IntN(1000) == 0 || g.CarelessInstances > 0 && g.chance(g.CarelessInstances)
	}
	return g.rnd.IntN(500) == 0 || g.Careless > 0 && g.chance(g.Careless)
}

// exclusive are lists of fields of which an object may have at most one.
var exclusive = [][]string{
	{"basicAuth", "authorization", "oauth2", "bearerTokenSecret", "bearerTokenFile", "bearerToken", "sigv4", "azureAd"},
	{"credentials", "credentialsFile"},
	{"secret", "configMap"},
	{"caFile", "ca"},
	{"proxyUrl", "proxyFromEnvironment"},
	{"managedIdentity", "oauth", "sdk", "workloadIdentity"},
	{"staticConfig", "ingress"},
	{"promoteAllResourceAttributes", "promoteResourceAttributes"},
	{"any", "matchNames"},
	{"applicationCredentialId", "applicationCredentialName"},
	{"userid", "username"},
	{"domainID", "domainName"},
	{"projectID", "projectName"},
}

// repair makes the fields of one object consistent, usually.
func (g *Generator) repair(path string, m map[string]any) {
	if g.careless(path) {
		return
	}
	for _, fields := range exclusive {
		g.keepOne(m, fields)
	}
	g.repairTLS(m)
	if has(m, "noProxy") && !has(m, "proxyUrl") {
		// Exceptions from a proxy are allowed only if the proxy is set.
		m["proxyUrl"] = "http://proxy:3128"
		delete(m, "proxyFromEnvironment")
	}
	if has(m, "proxyConnectHeader") && !has(m, "proxyUrl") {
		m["proxyFromEnvironment"] = true
	}
	switch {
	case strings.HasSuffix(path, "elabelings[]") || strings.HasSuffix(path, "RelabelConfigs[]") || strings.HasSuffix(path, "elabelConfigs[]") || strings.HasSuffix(path, "elabelingConfigs[]"):
		g.repairRelabeling(m)
	case strings.HasSuffix(path, ".authorization"):
		g.repairAuthorization(m)
	case strings.HasSuffix(path, ".basicAuth"):
		for _, field := range []string{"username", "password"} {
			if !has(m, field) {
				m[field] = map[string]any{"name": "login", "key": "user"}
			}
		}
	case strings.HasSuffix(path, ".oauth2"):
		if !has(m, "clientId") {
			m["clientId"] = map[string]any{"secret": map[string]any{"name": "login", "key": "user"}}
		}
	case strings.HasSuffix(path, ".sigv4"):
		for field, other := range map[string]string{"accessKey": "secretKey", "secretKey": "accessKey"} {
			if has(m, field) && !has(m, other) {
				m[other] = map[string]any{"name": "login", "key": "pass"}
			}
		}
		if has(m, "externalId") {
			m["roleArn"] = "arn:aws:iam::123456789012:role/x"
		}
	case strings.HasSuffix(path, ".queueConfig"):
		g.repairQueue(m)
	case strings.HasSuffix(path, "matchExpressions[]"):
		repairExpression(m, g)
	case strings.HasSuffix(path, ".azureAd"):
		if !has(m, "managedIdentity") && !has(m, "oauth") && !has(m, "sdk") && !has(m, "workloadIdentity") {
			m["sdk"] = map[string]any{"tenantId": "tenant-1"}
		}
	case strings.HasSuffix(path, ".clientId"), strings.HasSuffix(path, ".ca"), strings.HasSuffix(path, ".cert"):
		if len(m) == 0 {
			m[choose(g.rnd, "secret", "configMap")] = g.reference(path+".x", &Schema{})
		}
	case strings.HasSuffix(path, ".rules[]"):
		g.repairRule(m)
	default:
		g.repairDiscovery(path, m)
	}
}

func has(m map[string]any, field string) bool { _, ok := m[field]; return ok }

// keepOne deletes all but one of some fields.
func (g *Generator) keepOne(m map[string]any, fields []string) {
	present := []string{}
	for _, field := range fields {
		if has(m, field) {
			present = append(present, field)
		}
	}
	if len(present) < 2 {
		return
	}
	keep := choose(g.rnd, present...)
	for _, field := range present {
		if field != keep {
			delete(m, field)
		}
	}
}

var tlsVersions = []any{"TLS10", "TLS11", "TLS12", "TLS13"}

func (g *Generator) repairTLS(m map[string]any) {
	if has(m, "certFile") && has(m, "cert") {
		g.keepOne(m, []string{"certFile", "cert"})
	}
	if has(m, "keyFile") && has(m, "keySecret") {
		g.keepOne(m, []string{"keyFile", "keySecret"})
	}
	cert, key := has(m, "cert") || has(m, "certFile"), has(m, "keySecret") || has(m, "keyFile")
	if key && !cert {
		if has(m, "keySecret") {
			m["cert"] = map[string]any{"secret": map[string]any{"name": "tls", "key": "crt"}}
		} else {
			m["certFile"] = "/etc/crt.pem"
		}
	}
	if cert && !key {
		if has(m, "cert") {
			m["keySecret"] = map[string]any{"name": "tls", "key": "key"}
		} else {
			m["keyFile"] = "/etc/key.pem"
		}
	}
	low, high := slices.Index(tlsVersions, m["minVersion"]), slices.Index(tlsVersions, m["maxVersion"])
	if low >= 0 && high >= 0 && low > high {
		m["minVersion"], m["maxVersion"] = m["maxVersion"], m["minVersion"]
	}
}

// repairQueue keeps the minimum below the maximum, also if one of them is the default.
func (g *Generator) repairQueue(m map[string]any) {
	for field, values := range map[string][]any{
		"minShards":  {1, 2, 10},
		"maxShards":  {50, 100, 1000},
		"minBackoff": {"30ms", "1s", "5s"},
		"maxBackoff": {"5s", "1m", "1h"},
	} {
		if has(m, field) {
			m[field] = values[len(m)%len(values)]
		}
	}
}

// repairRelabeling adds the fields that an action needs, and removes the others.
func (g *Generator) repairRelabeling(m map[string]any) {
	action, _ := m["action"].(string)
	only := func(fields ...string) {
		for field := range m {
			if !slices.Contains(fields, field) {
				delete(m, field)
			}
		}
	}
	need := func(field string, values ...string) {
		if !has(m, field) || m[field] == "" {
			m[field] = choose(g.rnd, values...)
		}
	}
	switch strings.ToLower(action) {
	case "labeldrop", "labelkeep":
		only("action", "regex")
	case "keepequal", "dropequal":
		only("action", "sourceLabels", "targetLabel")
		need("targetLabel", labelNames...)
	case "lowercase", "uppercase":
		delete(m, "replacement")
		need("targetLabel", labelNames...)
	case "hashmod":
		if n, _ := m["modulus"].(int64); n == 0 {
			m["modulus"] = int64(8)
		}
		need("targetLabel", labelNames...)
	case "labelmap":
		if g.chance(50) {
			m["replacement"] = choose(g.rnd, "$1", "${1}", "a_$1", "x")
		} else {
			delete(m, "replacement")
		}
	case "", "replace":
		need("targetLabel", labelNames...)
	}
}

func (g *Generator) repairAuthorization(m map[string]any) {
	if kind, _ := m["type"].(string); strings.EqualFold(strings.TrimSpace(kind), "basic") && g.chance(95) {
		m["type"] = "Bearer"
	}
	if !has(m, "credentials") && !has(m, "credentialsFile") {
		m["credentials"] = map[string]any{"name": "login", "key": "token"}
	}
}

func repairExpression(m map[string]any, g *Generator) {
	switch m["operator"] {
	case "Exists", "DoesNotExist":
		delete(m, "values")
	default:
		if values, _ := m["values"].([]any); len(values) == 0 {
			m["values"] = []any{choose(g.rnd, keyValues...)}
		}
	}
}

func (g *Generator) repairRule(m map[string]any) {
	if has(m, "alert") && !has(m, "record") {
		return
	}
	delete(m, "alert")
	m["record"] = "a:b:c"
	for _, field := range []string{"for", "keep_firing_for", "annotations"} {
		if has(m, field) {
			delete(m, "record")
			m["alert"] = "Down"
		}
	}
}

// repairDiscovery repairs the fields that only one kind of discovery has.
func (g *Generator) repairDiscovery(path string, m map[string]any) {
	switch {
	case strings.HasSuffix(path, "kubernetesSDConfigs[]"):
		g.repairKubernetes(m)
	case strings.HasSuffix(path, "consulSDConfigs[]"):
		g.keepOne(m, []string{"tokenRef", "basicAuth", "authorization", "oauth2"})
	case strings.HasSuffix(path, "dnsSDConfigs[]"):
		if has(m, "type") && m["type"] != "SRV" && !has(m, "port") {
			m["port"] = 53
		}
	case strings.HasSuffix(path, "azureSDConfigs[]"):
		if method := m["authenticationMethod"]; method == nil || method == "OAuth" {
			for field, value := range map[string]any{
				"tenantID": "tenant", "clientID": "client", "clientSecret": map[string]any{"name": "login", "key": "pass"},
			} {
				if !has(m, field) {
					m[field] = value
				}
			}
		}
	case strings.HasSuffix(path, "ec2SDConfigs[]"):
		if has(m, "externalId") && !has(m, "roleARN") {
			m["roleARN"] = "arn:aws:iam::123456789012:role/x"
		}
	}
}

func (g *Generator) repairKubernetes(m map[string]any) {
	selectors, _ := m["selectors"].([]any)
	for i, selector := range selectors {
		if i > 0 {
			// One selector for each role; the role below is the one that is always valid.
			m["selectors"] = selectors[:1]
			break
		}
		selector.(map[string]any)["role"] = m["role"]
	}
	namespaces, _ := m["namespaces"].(map[string]any)
	own := namespaces["ownNamespace"] == true && g.chance(60)
	if own {
		delete(m, "apiServer")
	}
	for _, field := range []string{"basicAuth", "authorization", "oauth2", "tlsConfig", "proxyUrl", "proxyFromEnvironment", "noProxy", "proxyConnectHeader", "followRedirects", "enableHTTP2"} {
		switch {
		case own:
			delete(m, field)
		case has(m, field):
			m["apiServer"] = "https://k8s"
		}
	}
	if has(m, "apiServer") {
		delete(namespaces, "ownNamespace")
	}
}
