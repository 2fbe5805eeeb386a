package discovery

import (
	"fmt"
	"slices"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// DiscoverySelector is the check discovery-selector.
var DiscoverySelector = validation.Check[Discovery]{
	ID: "discovery-selector", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A selector of a Kubernetes discovery is refused",
		Text: `A discovery of each role can have selectors of these roles only, each of them once:

| role | selectors |
|---|---|
| Pod | Pod |
| Service | Service |
| Endpoints | Pod, Service, Endpoints |
| EndpointSlice | Pod, Service, EndpointSlice |
| Node | Node |
| Ingress | Ingress |

A label selector is written like ` + "`app=shop,tier!=cache`" + `, a field selector like
` + "`metadata.name=shop`" + `. Prometheus refuses its whole configuration for a selector that does not parse.

Prometheus accepts a selector of role Node for role Pod too, from 3.11 on, but the operator leaves the whole
object out.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, s validation.Snapshot) []validation.Finding {
		c, ok := d.Config.(*monitoringv1alpha1.KubernetesSDConfig)
		if !ok || !s.Prometheus.Has(since.KubernetesSelectors) { // the operator writes none for an older one
			return nil
		}
		var found []validation.Finding
		seen := map[string]bool{}
		for i, sel := range c.Selectors {
			at := d.At("selectors").Index(i)
			role := strings.ToLower(string(sel.Role))
			found = append(found, selectorRole(at, c.Role, sel.Role, seen[role], s.Prometheus.Has(since.PodNodeSelectors))...)
			found = append(found, selectorText(at, sel)...)
			seen[role] = true
		}
		return found
	},
}

// selectableRoles is allowedSelectors of Prometheus v0.316 discovery/kubernetes/kubernetes.go,
// without the role Node for Pod, which only the operator and older releases refuse.
var selectableRoles = map[string][]string{
	"pod":           {"Pod"},
	"service":       {"Service"},
	"endpoints":     {"Pod", "Service", "Endpoints"},
	"endpointslice": {"Pod", "Service", "EndpointSlice"},
	"node":          {"Node"},
	"ingress":       {"Ingress"},
}

func selectorRole(at validation.Place, discovered, selected monitoringv1alpha1.KubernetesRole, repeated, nodesOfPods bool) []validation.Finding {
	known, ok := selectableRoles[strings.ToLower(string(discovered))]
	if !ok {
		return nil // discovery-value says so
	}
	role := strings.ToLower(string(selected))
	isLeftOut := nodesOfPods && strings.ToLower(string(discovered)) == "pod" && role == "node"
	if !isLeftOut && !slices.ContainsFunc(known, func(k string) bool { return strings.ToLower(k) == role }) {
		return []validation.Finding{at.At("role").Finding(
			fmt.Sprintf("a discovery of role %s cannot have a selector of role %q", discovered, selected), "use "+strings.Join(known, ", ")+", or remove the selector", string(selected))}
	}
	if repeated {
		return []validation.Finding{at.At("role").Finding(
			fmt.Sprintf("there are two selectors of role %s", selected), "put both into one, with a comma between them", string(selected))}
	}
	return nil
}

func selectorText(at validation.Place, sel monitoringv1alpha1.K8SSelectorConfig) []validation.Finding {
	var found []validation.Finding
	if sel.Label != nil {
		if _, err := labels.Parse(*sel.Label); err != nil {
			found = append(found, at.At("label").Finding(
				fmt.Sprintf("%q is not a label selector: %s", *sel.Label, err), "write one such as app=shop,tier!=cache", *sel.Label))
		}
	}
	if sel.Field != nil {
		if _, err := fields.ParseSelector(*sel.Field); err != nil {
			found = append(found, at.At("field").Finding(
				fmt.Sprintf("%q is not a field selector: %s", *sel.Field, err), "write one such as metadata.name=shop", *sel.Field))
		}
	}
	return found
}
