package discovery

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// DiscoveryValue is the check discovery-value.
var DiscoveryValue = validation.Check[Discovery]{
	ID: "discovery-value", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A discovery has a value that Prometheus refuses",
		Text: `Prometheus checks some values of a discovery when it loads its configuration, and refuses the
whole configuration for a value that it does not know or that has the wrong form.

- The files of a file discovery end in ` + "`.json`, `.yml` or `.yaml`" + `, and a ` + "`*`" + ` is allowed only
  after the last slash.
- Scaleway: an access key is ` + "`SCW`" + ` and 17 capital letters or digits, a project id is a UUID, a zone
  looks like ` + "`fr-par-1`" + `. Prometheus creates the vendor's client while it loads, which requires
  these forms.
- Roles, record types and methods are listed in the description of their field.
- OpenStack: ` + "`availability`" + ` is in small letters. The CRD accepts capitals too, and the operator
  (v0.93.0) passes them on.
- Consul: ` + "`nodeMeta`" + ` cannot have the key ` + "`<<`" + `, which in YAML merges maps.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, s validation.Snapshot) []validation.Finding {
		switch c := d.Config.(type) {
		case *monitoringv1alpha1.FileSDConfig:
			return fileNames(d, c)
		case *monitoringv1alpha1.KubernetesSDConfig:
			return d.oneOf("role", string(c.Role), kubernetesRoles...)
		case *monitoringv1alpha1.ConsulSDConfig:
			return nodeMeta(d, c)
		case *monitoringv1alpha1.DNSSDConfig:
			if c.Type != nil && !recordTypes[recordType(c, s)] {
				return d.oneOf("type", string(*c.Type), "A", "AAAA", "MX", "NS", "SRV")
			}
		case *monitoringv1alpha1.AzureSDConfig:
			return exactlyOneOf(d, "authenticationMethod", c.AuthenticationMethod, monitoringv1alpha1.AuthMethodTypeOAuth,
				monitoringv1alpha1.AuthMethodTypeManagedIdentity, monitoringv1alpha1.AuthMethodTypeSDK, monitoringv1alpha1.AuthMethodTypeWorkloadIdentity)
		case *monitoringv1alpha1.OpenStackSDConfig:
			found := d.oneOf("role", string(c.Role), "Instance", "Hypervisor", "LoadBalancer")
			if c.Availability != nil {
				found = append(found, availabilityFindings(d, string(*c.Availability))...)
			}
			return found
		case *monitoringv1alpha1.HetznerSDConfig:
			return d.oneOf("role", string(c.Role), "Hcloud", "Robot")
		case *monitoringv1alpha1.DockerSwarmSDConfig:
			return d.oneOf("role", string(c.Role), "Services", "Tasks", "Nodes")
		case *monitoringv1alpha1.OVHCloudSDConfig:
			return exactlyOneOf(d, "service", &c.Service, monitoringv1alpha1.OVHServiceVPS, monitoringv1alpha1.OVHServiceDedicatedServer)
		case *monitoringv1alpha1.ScalewaySDConfig:
			return scalewayFindings(d, c)
		}
		return nil
	},
}

// availabilityFindings denies what Prometheus does not know. The operator (v0.93.0) passes
// the value on as it is, and Prometheus accepts small letters only.
func availabilityFindings(d Discovery, value string) []validation.Finding {
	if value != strings.ToLower(value) && len(d.oneOf("availability", value, openStackAvailability...)) == 0 {
		return []validation.Finding{d.At("availability").Finding(
			fmt.Sprintf("the operator passes %q on as it is, and Prometheus accepts small letters only", value), "write "+strings.ToLower(value), value)}
	}
	return d.oneOf("availability", value, openStackAvailability...)
}

var openStackAvailability = []string{"public", "admin", "internal"}

// kubernetesRoles are the objects that Prometheus discovers.
var kubernetesRoles = []string{"Pod", "Endpoints", "EndpointSlice", "Service", "Ingress", "Node"}

// oneOf denies a value that is not in the list. Letters may have any case: the operator
// writes small ones.
func (d Discovery) oneOf(field, value string, known ...string) []validation.Finding {
	if slices.ContainsFunc(known, func(k string) bool { return strings.ToLower(k) == strings.ToLower(value) }) { //nolint:staticcheck // what the operator does, where EqualFold takes more
		return nil
	}
	return []validation.Finding{d.At(field).Finding(
		fmt.Sprintf("Prometheus knows no %s %q", field, value), "write one of "+strings.Join(known, ", "), value)}
}

// exactlyOneOf denies a value that is set and not in the list.
func exactlyOneOf[T ~string](d Discovery, field string, value *T, known ...T) []validation.Finding {
	if value == nil || slices.Contains(known, *value) {
		return nil
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return []validation.Finding{d.At(field).Finding(
		fmt.Sprintf("Prometheus knows no %s %q", field, string(*value)), "write one of "+strings.Join(names, ", "), string(*value))}
}

// filePattern is patFileSDName of Prometheus v0.316 discovery/file/file.go.
var filePattern = regexp.MustCompile(`^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$`)

func fileNames(d Discovery, c *monitoringv1alpha1.FileSDConfig) []validation.Finding {
	var found []validation.Finding
	for i, name := range c.Files {
		if filePattern.MatchString(string(name)) {
			continue
		}
		problem, fix := fmt.Sprintf("%q does not end in .json, .yml or .yaml", name), "name a file with one of these endings"
		if fileEnding.MatchString(string(name)) {
			problem, fix = fmt.Sprintf("%q has a * before its last slash", name), "list each directory in an entry of its own, with * only after the last slash"
		}
		found = append(found, d.At("files").Index(i).Finding(problem, fix, string(name)))
	}
	return found
}

var fileEnding = regexp.MustCompile(`\.(json|yml|yaml|JSON|YML|YAML)$`)

func nodeMeta(d Discovery, c *monitoringv1alpha1.ConsulSDConfig) []validation.Finding {
	if _, ok := c.NodeMeta[part.MergeKey]; !ok {
		return nil
	}
	at := d.At("nodeMeta")
	at.Path = at.Path.Key(part.MergeKey)
	return []validation.Finding{at.Finding("in YAML the key << merges maps, quoted or not, so that Prometheus cannot read its configuration", "remove it", part.MergeKey)}
}

// The vendor's SDK (v1.39) requires these forms of Scaleway's values.
var (
	scalewayKey  = regexp.MustCompile(`^SCW[A-Z0-9]{17}$`)
	scalewayZone = regexp.MustCompile(`^[a-z]{2}-[a-z]{3,7}-[0-9]{1,2}$`)
	uuidPattern  = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

func scalewayFindings(d Discovery, c *monitoringv1alpha1.ScalewaySDConfig) []validation.Finding {
	found := d.oneOf("role", string(c.Role), "Instance", "Baremetal")
	if !scalewayKey.MatchString(c.AccessKey) {
		found = append(found, d.At("accessKey").Finding(
			fmt.Sprintf("%q is not an access key of Scaleway", c.AccessKey), "write SCW followed by 17 capital letters or digits", c.AccessKey))
	}
	if !uuidPattern.MatchString(c.ProjectID) {
		found = append(found, d.At("projectID").Finding(
			fmt.Sprintf("%q is not a project ID of Scaleway", c.ProjectID), "write a UUID such as 11111111-2222-3333-4444-555555555555", c.ProjectID))
	}
	if c.Zone != nil && !scalewayZone.MatchString(*c.Zone) {
		found = append(found, d.At("zone").Finding(
			fmt.Sprintf("%q is not a zone of Scaleway", *c.Zone), "write one such as fr-par-1, or remove the field to use fr-par-1", *c.Zone))
	}
	return found
}
