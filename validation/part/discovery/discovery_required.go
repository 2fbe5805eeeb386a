package discovery

import (
	"fmt"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// DiscoveryRequired is the check discovery-required.
var DiscoveryRequired = validation.Check[Discovery]{
	ID: "discovery-required", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A field that a discovery needs is missing",
		Text: `Each kind of discovery has fields without which Prometheus refuses its whole configuration.
The API server requires most of them too, but not these:

- DNS: a ` + "`port`" + `, unless the records are of type SRV, which carry one. Port 0 counts as none.
- Azure: ` + "`tenantID`, `clientID` and `clientSecret`" + `, unless ` + "`authenticationMethod`" + ` needs no
  credentials: ` + "`ManagedIdentity`, `SDK` or `WorkloadIdentity`" + `. The default is ` + "`OAuth`" + `.
- Consul: a ` + "`server`" + ` that is not blank.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, n := range needsOf(d.Config, s) {
			if n.missing {
				found = append(found, n.at(d.Place).Finding("Prometheus refuses "+n.problem, n.fix, n.problem))
			}
		}
		for _, at := range emptyFilters(d) {
			found = append(found, at.Finding("Prometheus refuses a filter without values", "give it values, or remove it", ""))
		}
		return found
	},
}

// A requiredField is a field without which Prometheus refuses a discovery.
type requiredField struct {
	field   string // empty if it may be one of several
	missing bool
	problem string // what Prometheus refuses
	fix     string
}

func (n requiredField) at(p validation.Place) validation.Place {
	if n.field == "" {
		return p
	}
	return p.At(n.field)
}

// needsOf follows Prometheus v0.316: UnmarshalYAML of each discovery/*/*.go.
func needsOf(config any, s validation.Snapshot) []requiredField {
	switch c := config.(type) {
	case *monitoringv1alpha1.FileSDConfig:
		return []requiredField{{"files", len(c.Files) == 0, "a file discovery without files", "name the files to read, or remove the discovery"}}
	case *monitoringv1alpha1.ConsulSDConfig:
		return []requiredField{{"server", strings.TrimSpace(c.Server) == "", "a Consul discovery without a server", "set it to the host and port of Consul, such as consul.example.com:8500"}}
	case *monitoringv1alpha1.DNSSDConfig:
		return dnsNeeds(c, s)
	case *monitoringv1alpha1.AzureSDConfig:
		return azureNeeds(c)
	case *monitoringv1alpha1.GCESDConfig:
		return []requiredField{
			{"project", c.Project == "", "a GCE discovery without a project", "set it to the project's id"},
			{"zone", c.Zone == "", "a GCE discovery without a zone", "set it to one such as europe-west1-b"},
		}
	case *monitoringv1alpha1.OpenStackSDConfig:
		return []requiredField{{"region", c.Region == "", "an OpenStack discovery without a region", "set it to one such as RegionOne"}}
	case *monitoringv1alpha1.PuppetDBSDConfig:
		return []requiredField{{"query", c.Query == "", "a PuppetDB discovery without a query", `write one such as resources { type = "Package" }`}}
	case *monitoringv1alpha1.IonosSDConfig:
		return []requiredField{{"datacenterID", c.DataCenterID == "", "an IONOS discovery without a data center", "set it to the data center's id"}}
	case *monitoringv1alpha1.OVHCloudSDConfig:
		return []requiredField{
			{"applicationKey", c.ApplicationKey == "", "an OVHcloud discovery without an application key", "set it"},
			{"endpoint", isEmpty(c.Endpoint), "an empty endpoint of OVHcloud", "remove the field for the default, or write one such as ovh-eu"},
		}
	}
	return nil
}

func dnsNeeds(c *monitoringv1alpha1.DNSSDConfig, s validation.Snapshot) []requiredField {
	needs := []requiredField{{"names", len(c.Names) == 0, "a DNS discovery without names", "write the names to look up, or remove the discovery"}}
	if kind := recordType(c, s); kind != "SRV" && recordTypes[kind] {
		needs = append(needs, requiredField{"type", c.Port == nil || *c.Port == 0,
			fmt.Sprintf("a DNS discovery of %s records without a port: only SRV records carry one", kind), "set port to the one on which the targets serve their metrics"})
	}
	return needs
}

// recordTypes are the types of records that Prometheus knows, in letters of any case.
var recordTypes = map[string]bool{"SRV": true, "A": true, "AAAA": true, "MX": true, "NS": true}

// recordType returns the type of records that the operator writes. It omits the types that
// came with a later Prometheus, so that the default applies.
func recordType(c *monitoringv1alpha1.DNSSDConfig, s validation.Snapshot) string {
	switch {
	case c.Type == nil,
		*c.Type == monitoringv1alpha1.DNSRecordTypeMX && !s.Prometheus.Has(since.DNSTypeMX),
		*c.Type == monitoringv1alpha1.DNSRecordTypeNS && !s.Prometheus.Has(since.DNSTypeNS):
		return "SRV" // the default
	}
	return strings.ToUpper(string(*c.Type))
}

func azureNeeds(c *monitoringv1alpha1.AzureSDConfig) []requiredField {
	needs := []requiredField{{"subscriptionID", c.SubscriptionID == "", "an Azure discovery without a subscription", "set it to the subscription's id"}}
	if m := c.AuthenticationMethod; m != nil && *m != monitoringv1alpha1.AuthMethodTypeOAuth {
		return needs
	}
	var missing []string
	for _, f := range []struct {
		name    string
		missing bool
	}{{"tenantID", c.TenantID == nil || *c.TenantID == ""}, {"clientID", c.ClientID == nil || *c.ClientID == ""}, {"clientSecret", c.ClientSecret == nil}} {
		if f.missing {
			missing = append(missing, f.name)
		}
	}
	return append(needs, requiredField{"", len(missing) > 0,
		"Azure's method OAuth, which is the default, without " + strings.Join(missing, " and "),
		"set authenticationMethod to ManagedIdentity, SDK or WorkloadIdentity, or add the missing fields"})
}

// emptyFilters returns the places of filters without values. Prometheus refuses them only for
// EC2.
func emptyFilters(d Discovery) []validation.Place {
	c, ok := d.Config.(*monitoringv1alpha1.EC2SDConfig)
	if !ok {
		return nil
	}
	var places []validation.Place
	for i, f := range c.Filters {
		if len(f.Values) == 0 {
			places = append(places, d.At("filters").Index(i).At("values"))
		}
	}
	return places
}

// isEmpty reports whether a field is set to the empty text. Most fields that are not set have
// a default.
func isEmpty[T ~string](value *T) bool {
	return value != nil && *value == ""
}
