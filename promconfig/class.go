package promconfig

import (
	"reflect"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// A scrapeClass is what the Prometheus object adds to an object's jobs. index is -1
// when there is none.
type scrapeClass struct {
	monitoringv1.ScrapeClass

	index int
}

// field is the path of something in the class, or of the class itself. It is a field of
// the Prometheus object, not of the object that is rendered.
func (c scrapeClass) field(name string) string {
	if c.index < 0 {
		return ""
	}
	return join(prometheusField+at("spec.scrapeClasses", c.index), name)
}

// prometheusField goes before a path into the Prometheus object, where an object of
// another kind is rendered.
const prometheusField = "Prometheus "

// class is the one that an object names, else the default one. A class that does not
// exist is a rejection.
func (w *writer) class(name *string) scrapeClass {
	none := scrapeClass{index: -1}
	byDefault := none
	for i, c := range w.g.spec.ScrapeClasses {
		if name != nil && *name == c.Name && c.Name != "" {
			return scrapeClass{c, i}
		}
		if c.Default != nil && *c.Default {
			byDefault = scrapeClass{c, i}
		}
	}
	if name != nil && *name != "" {
		w.rejectf("spec.scrapeClass", "Prometheus %s/%s has no scrape class %q", w.g.object.Namespace, w.g.object.Name, *name)
		return none
	}
	return byDefault
}

// tlsOf writes the object's TLS configuration, filled up from the class: its files
// where the object says nothing, or all of it where the object has none.
func (s *section) tlsOf(field string, t *monitoringv1.TLSConfig, class scrapeClass) {
	if t == nil {
		if class.TLSConfig != nil {
			c := s.of(class.field(""))
			c.tlsConfig(s.w.prometheus(), "tlsConfig", class.TLSConfig)
			s.take(c)
		}
		return
	}
	s.reject(s.w.self(), field, t.Validate())
	if class.TLSConfig != nil {
		merged := *t
		if merged.CAFile == "" && merged.CA == (monitoringv1.SecretOrConfigMap{}) {
			merged.CAFile = class.TLSConfig.CAFile
		}
		if merged.CertFile == "" && merged.Cert == (monitoringv1.SecretOrConfigMap{}) {
			merged.CertFile = class.TLSConfig.CertFile
		}
		if merged.KeyFile == "" && merged.KeySecret == nil {
			merged.KeyFile = class.TLSConfig.KeyFile
		}
		t = &merged
	}
	s.tlsConfig(s.w.self(), field, t)
}

// safeTLSOf is tlsOf for kinds that cannot name files. An empty one counts as none.
func (s *section) safeTLSOf(field string, t *monitoringv1.SafeTLSConfig, class scrapeClass) {
	if t == nil || reflect.ValueOf(*t).IsZero() {
		s.tlsOf(field, nil, class)
		return
	}
	s.tlsOf(field, &monitoringv1.TLSConfig{SafeTLSConfig: *t}, class)
}

// authorizationOf writes the object's authorization, with the class's credentials
// where it has none of its own.
func (s *section) authorizationOf(auth *monitoringv1.SafeAuthorization, class scrapeClass) {
	self, prometheus := s.w.self(), s.w.prometheus()
	if auth == nil || reflect.ValueOf(*auth).IsZero() {
		c := s.of(class.field(""))
		c.authorization(prometheus, prometheus, class.Authorization)
		s.take(c)
		return
	}
	merged := &monitoringv1.Authorization{SafeAuthorization: *auth}
	if class.Authorization == nil || auth.Credentials != nil {
		s.authorization(self, self, merged)
		return
	}
	merged.Credentials = class.Authorization.Credentials
	if merged.Credentials == nil {
		merged.CredentialsFile = class.Authorization.CredentialsFile
	}
	s.authorization(self, prometheus, merged)
}

// fallbackProtocolOf is the object's, else the class's.
func fallbackProtocolOf(p *monitoringv1.ScrapeProtocol, class scrapeClass) *monitoringv1.ScrapeProtocol {
	if p == nil {
		return class.FallbackScrapeProtocol
	}
	return p
}

func attachMetadataOf(a *monitoringv1.AttachMetadata, class scrapeClass) *monitoringv1.AttachMetadata {
	if a == nil {
		return class.AttachMetadata
	}
	return a
}
