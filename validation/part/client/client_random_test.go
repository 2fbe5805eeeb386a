package client_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation/podmonitor"
	"github.com/promgate/promgate/validation/probe"
	"github.com/promgate/promgate/validation/scrapeconfig"
	"github.com/promgate/promgate/validation/servicemonitor"
)

// clientMaker makes random clients of edge values.
type clientMaker struct{ *rand.Rand }

type fields = map[string]any

// clientDiscoveries are entries that lack only a client, by their list.
var clientDiscoveries = map[string]fields{
	"httpSDConfigs":         {"url": "http://a"},
	"kubernetesSDConfigs":   {"role": "Pod", "apiServer": "https://a"},
	"consulSDConfigs":       {"server": "a"},
	"ec2SDConfigs":          {"region": "eu"},
	"azureSDConfigs":        {"subscriptionID": "a", "authenticationMethod": "ManagedIdentity"},
	"openstackSDConfigs":    {"role": "Instance", "region": "eu"},
	"digitalOceanSDConfigs": {},
	"kumaSDConfigs":         {"server": "http://a"},
	"eurekaSDConfigs":       {"server": "http://a"},
	"dockerSDConfigs":       {"host": "http://a"},
	"dockerSwarmSDConfigs":  {"host": "http://a", "role": "Nodes"},
	"linodeSDConfigs":       {},
	"hetznerSDConfigs":      {"role": "Robot"},
	"nomadSDConfigs":        {"server": "http://a"},
	"puppetDBSDConfigs":     {"url": "http://a", "query": "a"},
	"lightSailSDConfigs":    {"region": "eu"},
	"scalewaySDConfigs":     {"accessKey": "SCWXXXXXXXXXXXXXXXXX", "secretKey": fields{"name": "a", "key": "b"}, "projectID": "11111111-1111-1111-1111-111111111111", "role": "Instance"},
	"ionosSDConfigs":        {"datacenterID": "a"},
}

func (r clientMaker) object() clientSample {
	client := r.client()
	spec := fields{"selector": fields{}}
	s := clientSample{}
	switch r.IntN(8) {
	case 0, 1:
		s.kind, s.new = servicemonitor.Kind(), func() any { return &monitoringv1.ServiceMonitor{} }
		spec["endpoints"] = []fields{client}
	case 2:
		s.kind, s.new = podmonitor.Kind(), func() any { return &monitoringv1.PodMonitor{} }
		spec["podMetricsEndpoints"] = []fields{client}
	case 3:
		s.kind, s.new = probe.Kind(), func() any { return &monitoringv1.Probe{} }
		spec = client
		prober := r.proxy()
		prober["url"] = "prober"
		spec["prober"] = prober
		spec["targets"] = fields{"staticConfig": fields{"static": []string{"a"}}}
	case 4:
		s.kind, s.new = scrapeconfig.Kind(), func() any { return &monitoringv1alpha1.ScrapeConfig{} }
		spec = client
	default:
		s.kind, s.new = scrapeconfig.Kind(), func() any { return &monitoringv1alpha1.ScrapeConfig{} }
		lists := slices.Sorted(maps.Keys(clientDiscoveries))
		list := lists[r.IntN(len(lists))]
		maps.Copy(client, clientDiscoveries[list])
		spec = fields{list: []fields{client}}
	}
	raw, err := json.Marshal(fields{"metadata": fields{"name": "a", "namespace": "b"}, "spec": spec})
	if err != nil {
		panic(err) // the values are from this file
	}
	s.raw = raw
	return s
}

// client uses one or two of all kinds of authentication, so that about half of the clients are
// valid.
func (r clientMaker) client() fields {
	c := fields{}
	for range 1 + r.IntN(3) {
		switch r.IntN(8) {
		case 0:
			c["basicAuth"] = fields{"username": r.reference(), "password": r.reference()}
		case 1:
			c["authorization"] = r.authorization()
		case 2:
			c["bearerTokenSecret"] = r.reference()
		case 3:
			c["bearerTokenFile"] = r.pick("", "/token")
		case 4:
			c["oauth2"] = r.oauth2()
		case 5, 6:
			c["tlsConfig"] = r.tls()
		default:
			maps.Copy(c, r.proxy())
		}
	}
	return c
}

func (r clientMaker) pick(of ...string) string { return of[r.IntN(len(of))] }

// often returns true in three of four cases.
func (r clientMaker) often() bool { return r.IntN(4) > 0 }

func (r clientMaker) reference() any {
	if r.often() {
		return fields{"name": "a", "key": "b"}
	}
	return fields{"name": r.pick("", "a", "A_b", "a.b"), "key": r.pick("", "b", "a b", "<<", "tls.crt")}
}

func (r clientMaker) either() fields {
	switch r.IntN(8) {
	case 0:
		return fields{}
	case 1:
		return fields{"secret": r.reference(), "configMap": r.reference()}
	case 2, 3:
		return fields{"configMap": r.reference()}
	}
	return fields{"secret": r.reference()}
}

func (r clientMaker) authorization() fields {
	a := fields{}
	if r.often() {
		a["credentials"] = r.reference()
	}
	if r.often() {
		a["type"] = r.pick("", " ", "Bearer", "Token", "Basic", "basic", " BASIC\n", "basic-ish", "null")
	}
	return a
}

func (r clientMaker) oauth2() fields {
	o := fields{"clientId": r.either(), "clientSecret": r.reference(), "tokenUrl": "https://a/token"}
	if !r.often() {
		o["tokenUrl"] = r.pick("", " ", "a", "http://", "http://a b", "https://%zz", "ftp://a", "https://[::1]:99999999/", "//a", "http://a/{b}")
	}
	if !r.often() {
		o["tlsConfig"] = r.tls()
	}
	if !r.often() {
		o["endpointParams"] = fields{r.pick("", "a", "<<", "null", "=", "- a", "\x00"): r.pick("", "a", "~")}
		o["scopes"] = []string{r.pick("", "a", "~")}
	}
	if !r.often() {
		maps.Copy(o, r.proxy())
	}
	return o
}

func (r clientMaker) tls() fields {
	t := fields{}
	for _, name := range []string{"ca", "cert"} {
		if !r.often() {
			t[name] = r.either()
		}
	}
	if !r.often() {
		t["keySecret"] = r.reference()
	}
	if r.IntN(2) == 0 {
		t["cert"], t["keySecret"] = fields{"secret": r.reference()}, r.reference()
	}
	for _, name := range []string{"caFile", "certFile", "keyFile"} {
		if r.IntN(8) == 0 {
			t[name] = r.pick("", "/file")
		}
	}
	for _, name := range []string{"minVersion", "maxVersion"} {
		if !r.often() {
			t[name] = r.pick("", "TLS10", "TLS11", "TLS12", "TLS13", "TLS13", "tls12", "1.2", "SSL30")
		}
	}
	if !r.often() {
		t["insecureSkipVerify"] = true
	}
	return t
}

func (r clientMaker) proxy() fields {
	p := fields{}
	if r.often() {
		p["proxyUrl"] = r.pick("http://a", "http://a:3128", "http://u:p@a", "socks5://a", "", "#", " ", "a", "http://a b", "http://%zz", ":", "http://a:b")
	}
	if !r.often() {
		p["noProxy"] = r.pick("", "a,b", "*")
	}
	if !r.often() {
		p["proxyFromEnvironment"] = r.often()
	}
	if !r.often() {
		p["proxyConnectHeader"] = fields{r.pick("X-A", "", "<<", "Host", "a b", "null", "=", "~", "1", "? a", "\u2028", "\n"): []any{r.reference()}}
	}
	if r.IntN(16) == 0 {
		p["proxyConnectHeader"] = fields{}
	}
	if r.IntN(16) == 0 {
		p["proxyConnectHeader"] = fields{"X-A": []any{}}
	}
	return p
}
