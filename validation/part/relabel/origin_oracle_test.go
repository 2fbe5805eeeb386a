package relabel

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/discovery/kubernetes"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

// An informer holds objects without a server.
type informer struct {
	cache.SharedIndexInformer

	store    cache.Indexer
	handlers []cache.ResourceEventHandler
}

func (i *informer) AddEventHandler(h cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
	i.handlers = append(i.handlers, h)
	return nil, nil //nolint:nilnil // the discovery does not use the registration
}
func (i *informer) AddIndexers(cache.Indexers) error { return nil }
func (i *informer) GetStore() cache.Store            { return i.store }
func (i *informer) GetIndexer() cache.Indexer        { return i.store }
func (i *informer) HasSynced() bool                  { return true }

func informerOf(t *testing.T, objects ...any) *informer {
	t.Helper()
	i := &informer{store: cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc, "service": func(any) ([]string, error) { return nil, nil }})}
	for _, o := range objects {
		if err := i.store.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

// discover returns the names of the labels that Prometheus' discovery gives the targets of a role.
func discover(t *testing.T, role string, nodes bool) map[string]bool {
	t.Helper()
	named := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: "shop", Name: name, Labels: map[string]string{"app": "web"}, Annotations: map[string]string{"a": "b"}}
	}
	yes, nodeName, port, portName, tcp, zone := true, "node", int32(80), "web", corev1.ProtocolTCP, "zone"
	owned := named("web-0")
	owned.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "web", Controller: &yes}}
	pod := &corev1.Pod{
		ObjectMeta: owned,
		Spec:       corev1.PodSpec{NodeName: nodeName, Containers: []corev1.Container{{Name: "web", Image: "web", Ports: []corev1.ContainerPort{{Name: portName, ContainerPort: port, Protocol: tcp}}}}},
		Status:     corev1.PodStatus{PodIP: "10.0.0.1", HostIP: "10.0.0.2", Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{Name: "web", ContainerID: "id"}}},
	}
	node := &corev1.Node{ObjectMeta: named(nodeName), Spec: corev1.NodeSpec{ProviderID: "id"}, Status: corev1.NodeStatus{
		Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.0.0.2"}}, Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: "True"}},
	}}
	node.Namespace = ""
	service := &corev1.Service{ObjectMeta: named("web"), Spec: corev1.ServiceSpec{ClusterIP: "10.1.0.1", Type: corev1.ServiceTypeLoadBalancer, Ports: []corev1.ServicePort{{Name: portName, Port: port, Protocol: tcp}}}}
	target := &corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web-0"}
	endpoints := &corev1.Endpoints{ObjectMeta: named("web"), Subsets: []corev1.EndpointSubset{{ //nolint:staticcheck // what the role endpoints reads
		Addresses: []corev1.EndpointAddress{{IP: "10.0.0.1", Hostname: "web-0", NodeName: &nodeName, TargetRef: target}},
		Ports:     []corev1.EndpointPort{{Name: portName, Port: port, Protocol: tcp}},
	}}}
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: named("web"), AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{{
			Addresses: []string{"10.0.0.1"}, Hostname: &portName, NodeName: &nodeName, TargetRef: target, Zone: &zone,
			Conditions: discoveryv1.EndpointConditions{Ready: &yes, Serving: &yes, Terminating: &yes},
		}},
		Ports: []discoveryv1.EndpointPort{{Name: &portName, Port: &port, Protocol: &tcp, AppProtocol: &portName}},
	}
	slice.Labels[discoveryv1.LabelServiceName] = "web"
	class := "nginx"
	ingress := &networkingv1.Ingress{ObjectMeta: named("web"), Spec: networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{{Host: "example.com"}}}}

	counts := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "events_total", Help: "events"}, []string{"role", "event"})
	log := promslog.NewNopLogger()
	services, pods := informerOf(t, service), informerOf(t, pod)
	var ofNodes cache.SharedInformer
	if nodes {
		ofNodes = informerOf(t, node)
	}
	var objects *informer
	var discovery interface {
		Run(ctx context.Context, ch chan<- []*targetgroup.Group)
	}
	switch role {
	case RoleEndpoints:
		objects = informerOf(t, endpoints)
		//nolint:staticcheck // what the role endpoints reads
		discovery = kubernetes.NewEndpoints(log, objects, services, pods, ofNodes, nil, nil, nil, false, false, false, counts)
	case RoleEndpointSlice:
		objects = informerOf(t, slice)
		discovery = kubernetes.NewEndpointSlice(log, objects, services, pods, ofNodes, nil, nil, nil, false, false, false, counts)
	case RolePod:
		objects = pods
		discovery = kubernetes.NewPod(log, objects, ofNodes, nil, nil, nil, false, false, false, counts)
	case RoleService:
		objects = services
		discovery = kubernetes.NewService(log, objects, nil, counts)
	case RoleNode:
		objects = informerOf(t, node)
		discovery = kubernetes.NewNode(log, objects, counts)
	case RoleIngress:
		objects = informerOf(t, ingress)
		discovery = kubernetes.NewIngress(log, objects, nil, counts)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	groups := make(chan []*targetgroup.Group)
	go discovery.Run(ctx, groups)
	for _, o := range objects.store.List() {
		objects.handlers[0].OnAdd(o, true)
	}
	names := map[string]bool{}
	for _, group := range <-groups {
		for name := range group.Labels {
			names[string(name)] = true
		}
		for _, target := range group.Targets {
			for name := range target {
				names[string(name)] = true
			}
		}
	}
	delete(names, model.AddressLabel)
	return names
}

// TestLabelsOfRoles compares the table of labels with Prometheus' own discovery, both ways.
func TestLabelsOfRoles(t *testing.T) {
	// open begin names of which a role may have more than it has here: see labelsOfRole.
	open := []string{"pod_", "namespace_", "endpointslice_", "service_", "node_", "ingress_"}
	roles := []string{RoleEndpoints, RoleEndpointSlice, RolePod, RoleService, RoleNode, RoleIngress}
	type source struct {
		Source

		names map[string]bool // as discovered
	}
	var given []source
	all := map[string]bool{}
	for _, role := range roles {
		for _, nodes := range []bool{false, true} {
			s := Source{Role: role, Nodes: nodes && (role == RolePod || role == RoleEndpoints || role == RoleEndpointSlice)}
			names := discover(t, role, s.Nodes)
			given = append(given, source{s, names})
			for name := range names {
				all[name] = strings.HasPrefix(name, model.MetaLabelPrefix)
			}
		}
	}
	if len(all) < 60 {
		t.Fatalf("only %d labels: %v", len(all), all)
	}
	for _, s := range given {
		names := s.names
		for name, meta := range all {
			if !meta {
				continue
			}
			may := s.mayHave(name, false)
			rest := strings.TrimPrefix(name, kubernetesPrefix)
			isOpen := slices.ContainsFunc(open, func(prefix string) bool {
				return strings.HasPrefix(rest, prefix) && slices.Contains(labelsOfRole(s.Role), prefix)
			})
			if names[name] && !may {
				t.Errorf("%s (nodes: %t) has %s", s.Role, s.Nodes, name)
			}
			if !names[name] && may && !isOpen {
				t.Errorf("%s (nodes: %t) does not have %s", s.Role, s.Nodes, name)
			}
			if may && !s.mayHave(name[:len(name)-2], true) {
				t.Errorf("%s (nodes: %t) has labels that begin with %s", s.Role, s.Nodes, name[:len(name)-2])
			}
		}
		for _, prefix := range labelsOfRole(s.Role) {
			full := kubernetesPrefix + prefix
			has := func(name string) bool {
				return name == full || strings.HasSuffix(prefix, "_") && strings.HasPrefix(name, full)
			}
			some := false
			for name := range names {
				some = some || has(name)
			}
			if !some && !strings.HasPrefix(prefix, "namespace_") {
				t.Errorf("%s has no label %s", s.Role, full)
			}
		}
	}
}
