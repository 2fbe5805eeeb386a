package rig

import (
	"context"
	"encoding/json"
	"fmt"
)

// endpointAddress stands in for 127.0.0.1, which the API server takes for no endpoint.
// It is one of those that are kept for examples, and routed nowhere.
const endpointAddress = "192.0.2.10"

// ToLoopback is the relabeling, for the endpoints of a monitor, that has Prometheus
// scrape what a [Service] stands for: the same port, on the loopback interface.
const ToLoopback = `{sourceLabels: [__address__], regex: '[^:]+:(\d+)', targetLabel: __address__, replacement: '127.0.0.1:$1'}`

// Service makes a process of this machine one that discovery finds through the API
// server.
type Service struct {
	Namespace string
	Name      string
	Labels    map[string]string
	// PortName is what monitors call the port, and Port where the process listens.
	PortName string
	Port     int
}

// Publish applies a Service and an EndpointSlice with one endpoint in it. The
// namespace has to be there, and takes both with it when it goes.
func (s Service) Publish(ctx context.Context, kubectl Kubectl) error {
	manifest, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "List", "items": []any{s.service(), s.endpointSlice()},
	})
	if err != nil {
		return fmt.Errorf("publishing the Service %s: %w", s.Name, err)
	}
	if _, err := kubectl.RunWithInput(ctx, string(manifest), "apply", "-f", "-"); err != nil {
		return fmt.Errorf("publishing the Service %s: %w", s.Name, err)
	}
	return nil
}

// service has no selector: the controllers then leave its endpoints to others.
func (s Service) service() map[string]any {
	return map[string]any{
		"apiVersion": "v1",
		"kind":       "Service",
		"metadata":   map[string]any{"name": s.Name, "namespace": s.Namespace, "labels": s.Labels},
		"spec": map[string]any{
			"clusterIP": "None",
			"ports":     []any{map[string]any{"name": s.PortName, "port": s.Port}},
		},
	}
}

func (s Service) endpointSlice() map[string]any {
	return map[string]any{
		"apiVersion": "discovery.k8s.io/v1",
		"kind":       "EndpointSlice",
		"metadata": map[string]any{
			"name": s.Name, "namespace": s.Namespace,
			"labels": map[string]string{
				"kubernetes.io/service-name":             s.Name,
				"endpointslice.kubernetes.io/managed-by": "promgate-rig",
			},
		},
		"addressType": "IPv4",
		"ports":       []any{map[string]any{"name": s.PortName, "port": s.Port, "protocol": "TCP"}},
		"endpoints": []any{map[string]any{
			"addresses":  []string{endpointAddress},
			"conditions": map[string]bool{"ready": true},
		}},
	}
}
