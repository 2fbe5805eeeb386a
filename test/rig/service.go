package rig

import (
	"context"
	"encoding/json"
	"fmt"
)

// endpointAddress stands in for 127.0.0.1, which the API server does not accept as an endpoint. It
// is an address that is reserved for examples, and routed nowhere.
const endpointAddress = "192.0.2.10"

// ToLoopback is a relabeling for the endpoints of a monitor. It makes Prometheus scrape the process
// behind a [Service]: the same port, on the loopback interface.
const ToLoopback = `{sourceLabels: [__address__], regex: '[^:]+:(\d+)', targetLabel: __address__, replacement: '127.0.0.1:$1'}`

// Service makes a process on this machine discoverable through the API server.
type Service struct {
	Namespace string
	Name      string
	Labels    map[string]string
	// PortName is the name of the port for monitors, and Port the port on which the process
	// listens.
	PortName string
	Port     int
	// Selector is that of the Service. It may be empty. The controllers keep an EndpointSlice of their own for it, without
	// endpoints: no pods run here.
	Selector map[string]string
}

// Publish applies a Service and an EndpointSlice with one endpoint. The namespace has to exist;
// both are deleted with it.
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

// service has no selector unless it is asked for, so that the controllers do not manage its endpoints.
func (s Service) service() map[string]any {
	spec := map[string]any{
		"clusterIP": "None",
		"ports":     []any{map[string]any{"name": s.PortName, "port": s.Port, "targetPort": s.PortName}},
	}
	if len(s.Selector) > 0 {
		spec["selector"] = s.Selector
	}
	return map[string]any{
		"apiVersion": "v1",
		"kind":       "Service",
		"metadata":   map[string]any{"name": s.Name, "namespace": s.Namespace, "labels": s.Labels},
		"spec":       spec,
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
