package promconfig

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// Roles of Kubernetes service discovery.
const (
	roleEndpoints     = "endpoints"
	roleEndpointSlice = "endpointslice"
	rolePod           = "pod"
	roleService       = "service"
	roleIngress       = "ingress"
)

// kubernetesSD is a discovery of Kubernetes objects.
type kubernetesSD struct {
	role       string
	namespaces monitoringv1.NamespaceSelector
	own        string // the namespace if the selector names none

	namespacesField fieldpath.Path

	// metadata is set by attach. Its field is zero if neither the object nor its class sets it.
	metadata      *monitoringv1.AttachMetadata
	metadataField fieldpath.Path
	metadataSince *since.Feature

	// selector makes the API server select, instead of relabelings, for these roles.
	selector *metav1.LabelSelector
	roles    []string
}

// endpointRole returns the role for endpoints: that of the object, else of the Prometheus.
func (g *Generator) endpointRole(asked *monitoringv1.ServiceDiscoveryRole) string {
	if asked == nil {
		asked = g.spec.ServiceDiscoveryRole
	}
	if g.options.EndpointSlice && g.has(since.EndpointSliceRole) && asked != nil && *asked == monitoringv1.EndpointSliceRole {
		return roleEndpointSlice
	}
	return roleEndpoints
}

func (s *section) kubernetesSD(k kubernetesSD) {
	sd := s.of(s.field)
	sd.key = s.key.Field("kubernetes_sd_configs").Index(0)
	sd.put("role", "", k.role)
	if names := s.w.g.namespaces(k.namespaces, k.own); len(names) > 0 {
		list := sd.in("namespaces", "")
		list.put("names", "", names)
		sd.fields = append(sd.fields, yaml.MapItem{Key: "namespaces", Value: list.fields})
	}
	sd.source(sd.key.Field("namespaces"), k.namespacesField)
	sd.apiServer()
	if k.metadata != nil {
		node := k.metadata.Node != nil && *k.metadata.Node
		sd.putSinceFrom(k.metadataSince, k.metadataField, "attach_metadata", yaml.MapSlice{{Key: "node", Value: node}})
	}
	var selectors []yaml.MapSlice
	if s.w.g.daemonSet {
		selectors = append(selectors, yaml.MapSlice{{Key: "role", Value: rolePod}, {Key: "field", Value: "spec.nodeName=" + placeholder(nodeNameVariable)}})
	}
	if k.selector != nil {
		selectors = append(selectors, s.w.roleSelectors(k)...)
		sd.source(sd.key.Field("selectors"), specPath.Field("selector"))
	}
	if selectors != nil {
		sd.fields = append(sd.fields, yaml.MapItem{Key: "selectors", Value: selectors})
	}
	s.fields = append(s.fields, yaml.MapItem{Key: "kubernetes_sd_configs", Value: []yaml.MapSlice{sd.fields}})
}

// roleSelectors returns selectors for the API server, which replace those relabelings.
func (w *writer) roleSelectors(k kubernetesSD) []yaml.MapSlice {
	selector, err := metav1.LabelSelectorAsSelector(k.selector)
	if err != nil {
		return nil // rejected where the selector is checked
	}
	var out []yaml.MapSlice
	for _, role := range k.roles {
		out = append(out, yaml.MapSlice{{Key: "role", Value: role}, {Key: "label", Value: selector.String()}})
	}
	return out
}

// apiServer writes the client of the API server, if the Prometheus configures one.
func (s *section) apiServer() {
	c := s.w.g.spec.APIServerConfig
	if c == nil {
		return
	}
	o := s.w.prometheus()
	a := &section{w: s.w, key: s.key, field: s.w.prometheusSpec("apiserverConfig")}
	a.put("api_server", "host", c.Host)
	a.basicAuth(o, c.BasicAuth)
	a.set("bearer_token", "bearerToken", c.BearerToken)
	a.set("bearer_token_file", "bearerTokenFile", c.BearerTokenFile) //nolint:staticcheck // deprecated, and in use
	a.authorization(o, o, c.Authorization)
	if c.TLSConfig != nil {
		a.tls(o, c.TLSConfig)
	}
	a.proxy(o, c.ProxyConfig)
	s.fields = append(s.fields, a.fields...)
}

// namespaces returns those of a selector. None means all.
func (g *Generator) namespaces(selector monitoringv1.NamespaceSelector, own string) []string {
	switch {
	case g.spec.IgnoreNamespaceSelectors:
		return []string{own}
	case selector.Any:
		return nil
	case len(selector.MatchNames) == 0:
		return []string{own}
	}
	return selector.MatchNames
}

// byRole reports whether the API server selects, and rejects a selector that cannot be
// parsed.
func (w *writer) byRole(selector metav1.LabelSelector, mechanism *monitoringv1.SelectorMechanism) bool {
	if _, err := metav1.LabelSelectorAsSelector(&selector); err != nil {
		w.rejectf(specPath.Field("selector"), "%s", err)
	}
	if mechanism == nil || *mechanism == monitoringv1.SelectorMechanismRelabel {
		return false
	}
	if *mechanism == monitoringv1.SelectorMechanismRole && !w.g.has(since.RoleSelector) {
		w.rejectSince(specPath.Field("selectorMechanism"), since.RoleSelector, string(*mechanism)+" ")
	}
	return true
}
