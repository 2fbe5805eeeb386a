package scrapeconfig

import (
	"reflect"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/monitor"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/discovery"
)

// addDiscoveries adds the service discoveries of all kinds to the scrape, with the client
// of each. The 23 kinds use the same names for the fields that they have in common.
func addDiscoveries(s *monitor.Scrape, spec validation.Place, c *monitoringv1alpha1.ScrapeConfigSpec) {
	for field, list := range reflect.ValueOf(c).Elem().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		kind, ok := strings.CutSuffix(name, "SDConfigs")
		if !ok {
			continue
		}
		at := spec.At(name)
		at.Subject, at.Key = validation.Subject{kind + " discovery"}, kind
		for i := range list.Len() {
			s.Discoveries = append(s.Discoveries, newDiscovery(at.Index(i), kind, list.Index(i)))
			s.DiscoveryClients = append(s.DiscoveryClients, newClient(at.Index(i), kind, list.Index(i)))
		}
	}
}

func newDiscovery(at validation.Place, kind string, entry reflect.Value) discovery.Discovery {
	d := discovery.Discovery{Place: at, Kind: kind, Config: entry.Addr().Interface()}
	refresh, _ := fieldOf[*monitoringv1.Duration](entry, "RefreshInterval")
	d.RefreshInterval = validation.OptionalText(at, "refreshInterval", refresh)
	fetch, _ := fieldOf[*monitoringv1.Duration](entry, "FetchTimeout")
	d.Durations = []validation.Text{validation.OptionalText(at, "fetchTimeout", fetch)}
	return d
}

func newClient(at validation.Place, kind string, entry reflect.Value) client.Client {
	c := client.Client{Place: at, ProxyPlace: at}
	c.BasicAuth, _ = fieldOf[*monitoringv1.BasicAuth](entry, "BasicAuth")
	c.Authorization, _ = fieldOf[*monitoringv1.SafeAuthorization](entry, "Authorization")
	if auth, ok := fieldOf[monitoringv1.SafeAuthorization](entry, "Authorization"); ok { // IONOS requires it
		c.Authorization = &auth
	}
	c.OAuth2, _ = fieldOf[*monitoringv1.OAuth2](entry, "OAuth2")
	c.Proxy, _ = fieldOf[monitoringv1.ProxyConfig](entry, "ProxyConfig")
	tls, _ := fieldOf[*monitoringv1.SafeTLSConfig](entry, "TLSConfig")
	c.TLS = client.SafeTLS(tls)
	switch kind { // prometheus-operator v0.93.0 does not write these
	case "azure":
		c.TLS = nil
	case "ec2":
		c.TLSSince = since.EC2Client
	case "ionos":
		if c.OAuth2 != nil {
			c.Authorization = nil
		}
	}
	return c
}

func staticTargets(spec validation.Place, c *monitoringv1alpha1.ScrapeConfigSpec) []monitor.Static {
	var all []monitor.Static
	for i, config := range c.StaticConfigs {
		at := spec.At("staticConfigs").Index(i)
		one := monitor.Static{Place: at.At("targets"), Labels: monitor.Labels{Place: at.At("labels"), Values: config.Labels}}
		for _, target := range config.Targets {
			one.Targets = append(one.Targets, string(target))
		}
		all = append(all, one)
	}
	return all
}

// fieldOf returns a field of an entry, if the entry has one of that name and type.
func fieldOf[T any](entry reflect.Value, name string) (T, bool) {
	f := entry.FieldByName(name)
	if !f.IsValid() {
		var zero T
		return zero, false
	}
	return reflect.TypeAssert[T](f)
}
