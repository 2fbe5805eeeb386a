package discovery

import (
	"fmt"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/validation"
)

// DiscoveryIgnored is the check discovery-ignored.
var DiscoveryIgnored = validation.Check[Discovery]{
	ID: "discovery-ignored", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A field of a discovery does not reach Prometheus",
		Text: `The operator does not write these fields into the configuration, and does not report it:

- EC2 and Lightsail: ` + "`accessKey` without `secretKey`" + `, or the other way round. Prometheus then uses the
  credentials that it finds in its environment.
- Kubernetes: ` + "`attachMetadata`" + ` for other roles than Pod, Endpoints and EndpointSlice.
- Azure: ` + "`tlsConfig`, `followRedirects` and `enableHTTP2`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, _ validation.Snapshot) []validation.Finding {
		switch c := d.Config.(type) {
		case *monitoringv1alpha1.EC2SDConfig:
			return loneKey(d, c.AccessKey, c.SecretKey)
		case *monitoringv1alpha1.LightSailSDConfig:
			return loneKey(d, c.AccessKey, c.SecretKey)
		case *monitoringv1alpha1.KubernetesSDConfig:
			return metadataIgnored(d, c)
		case *monitoringv1alpha1.AzureSDConfig:
			var found []validation.Finding
			for _, f := range []struct {
				name  string
				isSet bool
			}{{"tlsConfig", c.TLSConfig != nil}, {"followRedirects", c.FollowRedirects != nil}, {"enableHTTP2", c.EnableHTTP2 != nil}} {
				if f.isSet {
					found = append(found, d.At(f.name).Finding("the operator ignores this field for Azure", "remove it", f.name))
				}
			}
			return found
		}
		return nil
	},
}

func loneKey(d Discovery, access, secret *corev1.SecretKeySelector) []validation.Finding {
	lone, missing := "accessKey", "secretKey"
	switch {
	case (access == nil) == (secret == nil):
		return nil
	case access == nil:
		lone, missing = missing, lone
	}
	return []validation.Finding{d.At(lone).Finding(
		fmt.Sprintf("without %s the key is ignored", missing), "set "+missing+", or remove "+lone, lone)}
}

func metadataIgnored(d Discovery, c *monitoringv1alpha1.KubernetesSDConfig) []validation.Finding {
	if c.AttachMetadata == nil || c.AttachMetadata.Node == nil || !*c.AttachMetadata.Node {
		return nil
	}
	switch strings.ToLower(string(c.Role)) {
	case "pod", "endpoints", "endpointslice":
		return nil
	}
	return []validation.Finding{d.At("attachMetadata").Finding(
		fmt.Sprintf("the field has no effect for role %s, only for Pod, Endpoints and EndpointSlice", c.Role), "remove the field", string(c.Role))}
}
