package since

// Kinds of discovery that the operator rejects for an older Prometheus.
var (
	HTTPSD         = newFeature(selector, "2.28.0", "httpSDConfigs")
	DigitalOceanSD = newFeature(selector, "2.20.0", "digitalOceanSDConfigs")
	LinodeSD       = newFeature(selector, "2.28.0", "linodeSDConfigs")
	DockerSwarmSD  = newFeature(selector, "2.20.0", "dockerSwarmSDConfigs")
	PuppetDBSD     = newFeature(selector, "2.31.0", "puppetDBSDConfigs")
	LightSailSD    = newFeature(selector, "2.27.0", "lightSailSDConfigs")
	OVHCloudSD     = newFeature(selector, "2.40.0", "ovhcloudSDConfigs")
	ScalewaySD     = newFeature(selector, "2.26.0", "scalewaySDConfigs")
	IonosSD        = newFeature(selector, "2.36.0", "ionosSDConfigs")
)

// Fields and values of discoveries that the operator rejects for an older Prometheus.
var (
	EndpointSliceRole       = newFeature(selector, "2.21.0", "kubernetesSDConfigs[].role EndpointSlice")
	ConsulPathPrefix        = newFeature(selector, "2.45.0", "consulSDConfigs[].pathPrefix")
	ConsulNamespace         = newFeature(selector, "2.28.0", "consulSDConfigs[].namespace")
	ConsulFilter            = newFeature(selector, "3.0.0-0", "consulSDConfigs[].filter")
	ConsulHealthFilter      = newFeature(selector, "3.11.2", "consulSDConfigs[].healthFilter")
	AzureResourceGroup      = newFeature(selector, "2.35.0", "azureSDConfigs[].resourceGroup")
	AzureSDK                = newFeature(selector, "2.52.0", "azureSDConfigs[].authenticationMethod SDK")
	AzureWorkloadIdentity   = newFeature(selector, "3.11.0", "azureSDConfigs[].authenticationMethod WorkloadIdentity")
	OpenStackLoadBalancer   = newFeature(selector, "3.2.0", "openstackSDConfigs[].role LoadBalancer")
	DockerMatchFirstNetwork = newFeature(selector, "2.54.1", "dockerSDConfigs[].matchFirstNetwork")
	KumaClientID            = newFeature(selector, "2.50.0", "kumaSDConfigs[].clientID")
	HetznerLabelSelector    = newFeature(selector, "3.5.0", "hetznerSDConfigs[].labelSelector")
)

// RejectedDiscoveries returns the features of discoveries without which the operator leaves
// the whole ScrapeConfig out.
func RejectedDiscoveries() []*Feature {
	return []*Feature{
		HTTPSD, DigitalOceanSD, LinodeSD, DockerSwarmSD, PuppetDBSD, LightSailSD, OVHCloudSD, ScalewaySD, IonosSD,
		EndpointSliceRole, ConsulPathPrefix, ConsulNamespace, ConsulFilter, ConsulHealthFilter, AzureResourceGroup,
		AzureSDK, AzureWorkloadIdentity, OpenStackLoadBalancer, DockerMatchFirstNetwork, KumaClientID, HetznerLabelSelector,
	}
}

// Fields of discoveries that the operator does not write for an older Prometheus.
var (
	KubernetesSelectors = newFeature(configWriter, "2.17.0", "kubernetesSDConfigs[].selectors")
	DNSTypeMX           = newFeature(configWriter, "2.38.0", "dnsSDConfigs[].type MX")
	DNSTypeNS           = newFeature(configWriter, "2.49.0", "dnsSDConfigs[].type NS")
	EC2Filters          = newFeature(configWriter, "2.3.0", "ec2SDConfigs[].filters")
	EC2Client           = newFeature(configWriter, "2.41.0", "tlsConfig, followRedirects and enableHTTP2 of ec2SDConfigs")
)

// Fields of discoveries that the operator writes for any Prometheus, and that an older one
// refuses.
var (
	LinodeRegion    = newFeature("Prometheus v2.52.0, changelog", "2.52.0", "linodeSDConfigs[].region")
	ConsulPartition = newFeature("Prometheus v2.40.0, discovery/consul", "2.40.0", "consulSDConfigs[].partition")
	EC2Proxy        = newFeature("Prometheus v2.41.0, changelog", "2.41.0", "ec2SDConfigs[].proxyUrl")
	LightSailClient = newFeature("Prometheus v2.41.0, changelog", "2.41.0", "proxyUrl, tlsConfig, followRedirects and enableHTTP2 of lightSailSDConfigs")
)
