package scrapeconfig

import (
	"reflect"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation/monitor"
)

// discoveries reads all lists of service discoveries. There are 23 kinds, which name
// alike what is alike in them.
func discoveries(spec monitor.Place, c *monitoringv1alpha1.ScrapeConfigSpec) []monitor.Discovery {
	var all []monitor.Discovery
	for field, list := range reflect.ValueOf(c).Elem().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		kind, ok := strings.CutSuffix(name, "SDConfigs")
		if !ok {
			continue
		}
		for i := range list.Len() {
			all = append(all, discovery(spec.At(name).Index(i), kind, list.Index(i)))
		}
	}
	return all
}

func discovery(at monitor.Place, kind string, entry reflect.Value) monitor.Discovery {
	at.Subject = kind + " discovery"
	at.Key = kind
	d := monitor.Discovery{Place: at, Kind: kind, Config: entry.Addr().Interface()}
	d.Client.Place, d.Client.ProxyPlace = at, at
	refresh, _ := value[*monitoringv1.Duration](entry, "RefreshInterval")
	d.RefreshInterval = monitor.Optional(at, "refreshInterval", refresh)
	fetch, _ := value[*monitoringv1.Duration](entry, "FetchTimeout")
	d.Durations = []monitor.Text{monitor.Optional(at, "fetchTimeout", fetch)}
	d.Client.BasicAuth, _ = value[*monitoringv1.BasicAuth](entry, "BasicAuth")
	d.Client.Authorization, _ = value[*monitoringv1.SafeAuthorization](entry, "Authorization")
	if auth, ok := value[monitoringv1.SafeAuthorization](entry, "Authorization"); ok { // IONOS cannot do without
		d.Client.Authorization = &auth
	}
	d.Client.OAuth2, _ = value[*monitoringv1.OAuth2](entry, "OAuth2")
	d.Client.Proxy, _ = value[monitoringv1.ProxyConfig](entry, "ProxyConfig")
	tls, _ := value[*monitoringv1.SafeTLSConfig](entry, "TLSConfig")
	d.Client.TLS = monitor.SafeTLS(tls)
	switch kind { // what prometheus-operator v0.93.0 does not write
	case "azure":
		d.Client.TLS = nil
	case "ec2":
		d.Client.TLSSince = "2.41.0"
	case "ionos":
		if d.Client.OAuth2 != nil {
			d.Client.Authorization = nil
		}
	}
	return d
}

func static(spec monitor.Place, c *monitoringv1alpha1.ScrapeConfigSpec) []monitor.Static {
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

// value is a field of an entry, if it has one of that name and type.
func value[T any](entry reflect.Value, name string) (T, bool) {
	f := entry.FieldByName(name)
	if !f.IsValid() {
		var zero T
		return zero, false
	}
	return reflect.TypeAssert[T](f)
}
