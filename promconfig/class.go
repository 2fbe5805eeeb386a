package promconfig

import (
	"reflect"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// A scrapeClass is what the Prometheus adds to the jobs of an object. Its index is -1 if the
// object has no class.
type scrapeClass struct {
	monitoringv1.ScrapeClass

	index int
}

// field returns the path of a field of the class, in the Prometheus that has it.
func (c scrapeClass) field(name string) fieldpath.Path {
	if c.index < 0 {
		return fieldpath.Path{}
	}
	return classesPath.Index(c.index).Field(name)
}

// path returns that of the class, and the zero path if there is none.
func (c scrapeClass) path() fieldpath.Path {
	if c.index < 0 {
		return fieldpath.Path{}
	}
	return classesPath.Index(c.index)
}

// StandInAnnotation marks a Prometheus that stands in for one that nobody has seen. Which scrape classes it has is not known.
const StandInAnnotation = "promgate.dev/stand-in"

// class returns the class that an object names, else the default class. It rejects the
// object if the class does not exist.
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
	if name != nil && *name != "" && w.g.object.Annotations[StandInAnnotation] == "" {
		w.rejectf(specPath.Field("scrapeClass"), "Prometheus %s/%s has no scrape class %q", w.g.object.Namespace, w.g.object.Name, *name)
		return none
	}
	return byDefault
}

// tlsOf writes the TLS configuration of the object. The class fills in the files that the
// object does not set, or the whole section if the object has none.
func (s *section) tlsOf(field string, t *monitoringv1.TLSConfig, class scrapeClass) {
	if t == nil {
		if class.TLSConfig != nil {
			c := s.of(class.path())
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

// safeTLSOf is tlsOf for kinds that cannot name files. An empty section counts as none.
func (s *section) safeTLSOf(field string, t *monitoringv1.SafeTLSConfig, class scrapeClass) {
	if t == nil || reflect.ValueOf(*t).IsZero() {
		s.tlsOf(field, nil, class)
		return
	}
	s.tlsOf(field, &monitoringv1.TLSConfig{SafeTLSConfig: *t}, class)
}

// authorizationOf writes the authorization of the object, with the credentials of the class
// if it has none of its own.
func (s *section) authorizationOf(auth *monitoringv1.SafeAuthorization, class scrapeClass) {
	self, prometheus := s.w.self(), s.w.prometheus()
	if auth == nil || reflect.ValueOf(*auth).IsZero() {
		c := s.of(class.path())
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

// attach requests the metadata of nodes if the object does, else if its class does, else if
// the zone of a target is a label of its node.
func (k *kubernetesSD) attach(g *Generator, own *monitoringv1.AttachMetadata, class scrapeClass, f *since.Feature) {
	k.metadata, k.metadataField, k.metadataSince = own, specPath.Field("attachMetadata"), f
	if own == nil {
		k.metadata, k.metadataField = class.AttachMetadata, class.field("attachMetadata")
	}
	if g.zones() > 0 && !g.options.PodTopologyLabels && (k.metadata == nil || k.metadata.Node == nil || !*k.metadata.Node) {
		node := true
		k.metadata, k.metadataField = &monitoringv1.AttachMetadata{Node: &node}, ours
	}
}
