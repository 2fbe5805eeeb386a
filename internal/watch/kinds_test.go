package watch

import (
	"log/slog"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/cluster"
)

// TestControllerIDIsKept: the controller id decides which operator manages a Prometheus, and
// changing it changes no generation.
func TestControllerIDIsKept(t *testing.T) {
	w := New(cluster.New(cluster.Options{}), slog.New(slog.DiscardHandler))
	object := func(id string) *monitoringv1.Prometheus {
		p := &monitoringv1.Prometheus{}
		p.Generation = 1
		p.Annotations = map[string]string{"operator.prometheus.io/controller-id": id, "other": id}
		kept, err := w.stripped(p)
		if err != nil {
			t.Fatal(err)
		}
		return kept.(*monitoringv1.Prometheus)
	}
	a := object("a")
	if len(a.Annotations) != 1 || a.Annotations["operator.prometheus.io/controller-id"] != "a" {
		t.Errorf("annotations %v", a.Annotations)
	}
	if sameSpec(a, object("b")) {
		t.Error("a change of the controller id is missed")
	}
	if !sameSpec(a, object("a")) {
		t.Error("an unchanged object counts as changed")
	}
}
