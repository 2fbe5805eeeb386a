package discovery

import (
	"fmt"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// DiscoveryVersion is the check discovery-version.
var DiscoveryVersion = validation.Check[Discovery]{
	ID: "discovery-version", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A discovery is too new for the Prometheus",
		Text: `The operator (v0.93.0) leaves the whole object out if a discovery needs a later Prometheus than the
one that selects it, and only its log says so:

- A kind of discovery: DigitalOcean and Docker Swarm came with Prometheus 2.20, Scaleway with 2.26,
  Lightsail with 2.27, HTTP and Linode with 2.28, PuppetDB with 2.31, IONOS with 2.36, OVHcloud with 2.40.
- A field or a value: the role ` + "`EndpointSlice`" + ` of Kubernetes; ` + "`pathPrefix`, `namespace`, `filter` and\n  `healthFilter`" + ` of Consul; ` + "`resourceGroup`" + ` and the methods ` + "`SDK` and `WorkloadIdentity`" + ` of Azure; the role
  ` + "`LoadBalancer`" + ` of OpenStack; ` + "`matchFirstNetwork`" + ` of Docker; ` + "`clientID`" + ` of Kuma; ` + "`labelSelector`" + ` of Hetzner.

Other fields the operator writes whatever the version is. A Prometheus that does not know the field
refuses its whole configuration:

- Consul: ` + "`partition`" + ` came with Prometheus 2.40.
- Linode: ` + "`region`" + ` came with Prometheus 2.52.
- EC2: ` + "`proxyUrl`" + ` came with Prometheus 2.41.
- Lightsail: ` + "`proxyUrl`, `tlsConfig`, `followRedirects` and `enableHTTP2`" + ` came with Prometheus 2.41.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, n := range versionNeeds(d.Config) {
			if n.isSet && !s.Prometheus.Has(n.feature) {
				found = append(found, n.finding(d, s.Prometheus))
			}
		}
		return found
	},
}

// A versionNeed is a field of a discovery that needs a feature. An empty field means the
// discovery itself.
type versionNeed struct {
	feature *since.Feature
	field   string
	isSet   bool

	// value is what needs the feature, if other values of the field do not.
	value string
}

func (n versionNeed) finding(d Discovery, p validation.Prometheus) validation.Finding {
	at, what := d.Place, "this kind of discovery"
	if n.field != "" {
		at, what = d.At(n.field), "the field"
	}
	if n.value != "" {
		what = fmt.Sprintf("%q", n.value)
	}
	return at.Finding(fmt.Sprintf("%s needs Prometheus %s, and %s is %s", what, n.feature, p.Name, p.Version),
		"remove it, or upgrade that Prometheus", n.field+n.value)
}

func versionNeeds(config any) []versionNeed {
	switch c := config.(type) {
	case *monitoringv1alpha1.HTTPSDConfig:
		return ofKind(since.HTTPSD)
	case *monitoringv1alpha1.DigitalOceanSDConfig:
		return ofKind(since.DigitalOceanSD)
	case *monitoringv1alpha1.DockerSwarmSDConfig:
		return ofKind(since.DockerSwarmSD)
	case *monitoringv1alpha1.PuppetDBSDConfig:
		return ofKind(since.PuppetDBSD)
	case *monitoringv1alpha1.OVHCloudSDConfig:
		return ofKind(since.OVHCloudSD)
	case *monitoringv1alpha1.ScalewaySDConfig:
		return ofKind(since.ScalewaySD)
	case *monitoringv1alpha1.IonosSDConfig:
		return ofKind(since.IonosSD)
	case *monitoringv1alpha1.LinodeSDConfig:
		return append(ofKind(since.LinodeSD), versionNeed{feature: since.LinodeRegion, field: "region", isSet: c.Region != nil})
	case *monitoringv1alpha1.LightSailSDConfig:
		return append(ofKind(since.LightSailSD), lightSailNeeds(c)...)
	case *monitoringv1alpha1.EC2SDConfig:
		return []versionNeed{{feature: since.EC2Proxy, field: "proxyUrl", isSet: c.ProxyURL != nil && *c.ProxyURL != ""}}
	case *monitoringv1alpha1.ConsulSDConfig:
		return []versionNeed{
			{feature: since.ConsulPathPrefix, field: "pathPrefix", isSet: c.PathPrefix != nil},
			{feature: since.ConsulNamespace, field: "namespace", isSet: c.Namespace != nil},
			{feature: since.ConsulPartition, field: "partition", isSet: c.Partition != nil},
			{feature: since.ConsulFilter, field: "filter", isSet: c.Filter != nil},
			{feature: since.ConsulHealthFilter, field: "healthFilter", isSet: c.HealthFilter != nil},
		}
	case *monitoringv1alpha1.AzureSDConfig:
		return []versionNeed{
			{feature: since.AzureResourceGroup, field: "resourceGroup", isSet: c.ResourceGroup != nil},
			ofValue(since.AzureSDK, "authenticationMethod", textOf(c.AuthenticationMethod), monitoringv1alpha1.AuthMethodTypeSDK),
			ofValue(since.AzureWorkloadIdentity, "authenticationMethod", textOf(c.AuthenticationMethod), monitoringv1alpha1.AuthMethodTypeWorkloadIdentity),
		}
	case *monitoringv1alpha1.KubernetesSDConfig:
		return []versionNeed{{feature: since.EndpointSliceRole, field: "role", isSet: strings.EqualFold(string(c.Role), string(monitoringv1alpha1.KubernetesRoleEndpointSlice)), value: string(c.Role)}}
	case *monitoringv1alpha1.OpenStackSDConfig:
		return []versionNeed{ofValue(since.OpenStackLoadBalancer, "role", string(c.Role), monitoringv1alpha1.OpenStackRoleLoadBalancer)}
	case *monitoringv1alpha1.DockerSDConfig:
		return []versionNeed{{feature: since.DockerMatchFirstNetwork, field: "matchFirstNetwork", isSet: c.MatchFirstNetwork != nil}}
	case *monitoringv1alpha1.KumaSDConfig:
		return []versionNeed{{feature: since.KumaClientID, field: "clientID", isSet: c.ClientID != nil}}
	case *monitoringv1alpha1.HetznerSDConfig:
		return []versionNeed{{feature: since.HetznerLabelSelector, field: "labelSelector", isSet: c.LabelSelector != nil}}
	}
	return nil
}

func ofKind(f *since.Feature) []versionNeed { return []versionNeed{{feature: f, isSet: true}} }

func ofValue[T ~string](f *since.Feature, field, value string, young T) versionNeed {
	return versionNeed{feature: f, field: field, value: value, isSet: value == string(young)}
}

func textOf[T ~string](value *T) string {
	if value == nil {
		return ""
	}
	return string(*value)
}

func lightSailNeeds(c *monitoringv1alpha1.LightSailSDConfig) []versionNeed {
	return []versionNeed{
		{feature: since.LightSailClient, field: "proxyUrl", isSet: c.ProxyURL != nil && *c.ProxyURL != ""},
		{feature: since.LightSailClient, field: "tlsConfig", isSet: c.TLSConfig != nil},
		{feature: since.LightSailClient, field: "followRedirects", isSet: c.FollowRedirects != nil},
		{feature: since.LightSailClient, field: "enableHTTP2", isSet: c.EnableHTTP2 != nil},
	}
}
