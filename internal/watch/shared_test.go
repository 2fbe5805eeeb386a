package watch

import (
	"log/slog"
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
	model := cluster.New(cluster.Options{})
	stored, err := New(model, slog.New(slog.DiscardHandler)).stripped(m)
	if err != nil {
		t.Fatal(err)
	}
	kept, ok := stored.(*cluster.Digest)
	if !ok {
		t.Fatalf("a %T is kept", stored)
	}
	for range 2 {
		if err := model.Put(kept); err != nil {
			t.Fatal(err)
		}
		if known := model.Index().Monitor(kept.Monitor.Ref); known == nil || known != kept.Monitor || len(known.Claims) != 1 {
			t.Errorf("the index holds %+v, and the store %+v", known, kept.Monitor)
		}
	}
}
