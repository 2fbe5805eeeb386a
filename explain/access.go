package explain

import (
	"cmp"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// maxAsked is how many namespaces are asked about.
const maxAsked = 10

// explainAccess is about whether the service account of each instance may find the targets. Without
// that Prometheus finds none, and says so in its log alone.
func (e *explainer) explainAccess(where scope) {
	if e.Access == nil {
		return
	}
	for _, i := range e.instances {
		common, ok := commonOf(i)
		if !ok || common.APIServerConfig != nil {
			continue // it asks another API server
		}
		e.explainAccessOf(i, cmp.Or(common.ServiceAccountName, "default"), e.resourcesOf(common), where)
	}
}

func commonOf(i *instance) (monitoringv1.CommonPrometheusFields, bool) {
	switch o := i.Object.(type) {
	case *monitoringv1.Prometheus:
		return o.Spec.CommonPrometheusFields, true
	case *monitoringv1alpha1.PrometheusAgent:
		return o.Spec.CommonPrometheusFields, true
	}
	return monitoringv1.CommonPrometheusFields{}, false
}

// A resource is one of the resources that Prometheus lists to find targets.
type resource struct{ group, name string }

func (e *explainer) resourcesOf(common monitoringv1.CommonPrometheusFields) []resource {
	m, ok := e.object.(*monitoringv1.ServiceMonitor)
	if !ok {
		return []resource{{"", "pods"}}
	}
	role := m.Spec.ServiceDiscoveryRole
	if role == nil {
		role = common.ServiceDiscoveryRole
	}
	endpoints := resource{"", "endpoints"}
	if role != nil && *role == monitoringv1.EndpointSliceRole {
		endpoints = resource{"discovery.k8s.io", "endpointslices"}
	}
	return []resource{endpoints, {"", "services"}, {"", "pods"}}
}

func (e *explainer) explainAccessOf(i *instance, account string, resources []resource, where scope) {
	namespaces := where.names
	if i.OwnNamespaces {
		namespaces = []string{e.ref.Namespace}
	}
	if namespaces == nil {
		namespaces = []string{""}
	}
	subject := fmt.Sprintf("the service account %s/%s of %s", i.Ref.Namespace, account, i.Ref)
	var denied []string
	for _, namespace := range namespaces[:min(len(namespaces), maxAsked)] {
		for _, r := range resources {
			allowed, err := e.Access.Allowed(e.ctx, AccessQuestion{i.Ref.Namespace, account, r.group, r.name, namespace})
			if err != nil {
				e.unknown("access", fmt.Sprintf("Whether %s may list what it needs is not known: %s.", subject, cause(err, "create", "subjectaccessreviews.authorization.k8s.io", "")))
				return
			}
			if !allowed {
				denied = append(denied, r.name+" "+scopeOfNamespace(namespace).String())
			}
		}
	}
	if len(denied) == 0 {
		e.yes("access", capital(subject)+" may list what it needs to find targets.")
		return
	}
	e.no("access", fmt.Sprintf("%s may not list %s.", capital(subject), list(denied, maxListed)), problem{
		stageDiscovered, fmt.Sprintf("%s finds no targets, because its service account %s/%s may not list %s", i.Ref, i.Ref.Namespace, account, list(denied, maxListed)),
		"give it a Role or ClusterRole that lets it get, list and watch them",
	})
}

func scopeOfNamespace(namespace string) scope {
	if namespace == "" {
		return scope{}
	}
	return scope{names: []string{namespace}}
}
