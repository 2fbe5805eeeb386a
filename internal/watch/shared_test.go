package watch

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/cluster"
)

// TestKeptOnce: the informer's store and the index hold one copy of a monitor, also after
// it was delivered again, as a resync does.
func TestKeptOnce(t *testing.T) {
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name = "shop", "web"
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}}
	object, err := lean(m)
	if err != nil {
		t.Fatal(err)
	}
	kept, ok := object.(*stored)
	if !ok {
		t.Fatalf("a %T is kept", object)
	}
	state := cluster.NewState()
	for _, k := range kinds(state) {
		if k.name != monitoringv1.ServiceMonitorsKind {
			continue
		}
		for range 2 {
			if err := k.put(kept); err != nil {
				t.Fatal(err)
			}
			if known := state.Index().Monitor(kept.monitor.Ref); known == nil || known != kept.monitor || len(known.Claims) != 1 {
				t.Errorf("the index holds %+v, and the store %+v", known, kept.monitor)
			}
		}
	}
}
