package relabel

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// An Origin is what is certain about the targets that go into a list of relabelings. The zero
// value says that nothing is.
type Origin struct {
	// Sources are all sources of the targets.
	Sources []Source

	// Kind is the kind of the object that has the list.
	Kind string

	// Values are the values that labels can have.
	Values map[string][]string
}

// A Source gives targets: a discovery of Kubernetes objects in a role, or a list of targets with
// labels.
type Source struct {
	Role string

	// Nodes reports that the targets get the metadata of their nodes.
	Nodes bool

	Labels map[string]string
}

// The roles of Kubernetes' discovery, as Prometheus spells them.
const (
	RoleEndpoints     = "endpoints"
	RoleEndpointSlice = "endpointslice"
	RolePod           = "pod"
	RoleService       = "service"
	RoleNode          = "node"
	RoleIngress       = "ingress"
	RoleStatic        = ""
)

// ContainerPort returns the label by which a port of a pod is selected, by its name or number.
func ContainerPort(t intstr.Type) string {
	if t == intstr.Int {
		return kubernetesPrefix + "pod_container_port_number"
	}
	return kubernetesPrefix + "pod_container_port_name"
}

// EndpointPortName returns the label with the name of a Service's port, in one of the two roles.
func EndpointPortName(role string) string {
	if role == RoleEndpointSlice {
		return kubernetesPrefix + "endpointslice_port_name"
	}
	return kubernetesPrefix + "endpoint_port_name"
}

// kubernetesPrefix is the prefix of the labels of Kubernetes' discovery.
const kubernetesPrefix = model.MetaLabelPrefix + "kubernetes_"

// object lists the labels that each object has in all roles that know it. A name that ends in _
// is a prefix.
func object(kind string) []string {
	return []string{
		kind + "_name", kind + "_label_", kind + "_labelpresent_", kind + "_annotation_", kind + "_annotationpresent_",
	}
}

// labelsOfRole lists the labels of the targets of a role, without their common prefix, as
// Prometheus v0.316 has them in discovery/kubernetes. A name that ends in _ is a prefix. What pods
// have grows from release to release, so that they may have any label with their name in it.
func labelsOfRole(role string) []string {
	const pods = "pod_"
	namespace := []string{"namespace", "namespace_label_", "namespace_labelpresent_", "namespace_annotation_", "namespace_annotationpresent_"}
	switch role {
	case RoleEndpoints:
		return slices.Concat(namespace, object("endpoints"), object("service"), []string{
			pods, "endpoint_node_name", "endpoint_hostname", "endpoint_ready", "endpoint_port_name", "endpoint_port_protocol",
			"endpoint_address_target_kind", "endpoint_address_target_name",
		})
	case RoleEndpointSlice:
		return slices.Concat(namespace, object("service"), []string{pods, "endpointslice_"})
	case RolePod:
		return append(namespace, pods)
	case RoleService:
		return append(namespace, "service_")
	case RoleNode:
		return []string{"node_"}
	case RoleIngress:
		return append(namespace, "ingress_")
	}
	return nil
}

// mayHave reports whether a target of the source may have a label of that name or, if prefix is
// true, any label whose name begins so.
func (s Source) mayHave(name string, prefix bool) bool {
	if s.Role == RoleStatic {
		for label := range s.Labels {
			if label == name || prefix && strings.HasPrefix(label, name) {
				return true
			}
		}
		return false
	}
	rest, ofKubernetes := strings.CutPrefix(name, kubernetesPrefix)
	if !ofKubernetes {
		return prefix && strings.HasPrefix(kubernetesPrefix, name)
	}
	names := labelsOfRole(s.Role)
	if s.Nodes {
		names = append(names, object("node")...)
	}
	return slices.ContainsFunc(names, func(known string) bool {
		isPrefix := strings.HasSuffix(known, "_")
		return known == rest || isPrefix && strings.HasPrefix(rest, known) || prefix && strings.HasPrefix(known, rest)
	})
}

// lacks reports whether no target has a label of that name or, if prefix is true, any whose name
// begins so. It is certain of the labels of discoveries, and of the name of a metric.
func (o Origin) lacks(name string, prefix bool) bool {
	if len(o.Sources) == 0 || name != model.MetricNameLabel && !strings.HasPrefix(name, model.MetaLabelPrefix) {
		return false
	}
	return !slices.ContainsFunc(o.Sources, func(s Source) bool { return s.mayHave(name, prefix) })
}

// unlisted reports whether all targets are in lists, and none of the lists sets a label. Labels that
// Prometheus sets, job among them, are none of those.
func (o Origin) unlisted(name string) bool {
	if len(o.Sources) == 0 || name == model.JobLabel || strings.HasPrefix(name, model.ReservedLabelPrefix) {
		return false
	}
	return !slices.ContainsFunc(o.Sources, func(s Source) bool { return s.Role != RoleStatic || s.mayHave(name, false) })
}
