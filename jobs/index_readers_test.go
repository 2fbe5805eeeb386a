package jobs

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// TestReadersCountAsSelecting: an object that a reader takes is not unselected.
func TestReadersCountAsSelecting(t *testing.T) {
	x := NewIndex()
	group := Group{Kind: "PrometheusRule", Namespace: "shop"}
	set := func(name string, labels map[string]string) {
		x.SetMonitor(&Monitor{Ref: selection.Ref{Kind: group.Kind, Namespace: group.Namespace, Name: name}, Labels: labels})
	}
	want := func(n int) {
		t.Helper()
		if got := x.Unselected()[group]; got != n {
			t.Errorf("%d unselected, want %d", got, n)
		}
	}
	set("a", map[string]string{"rules": "loki"})
	set("b", nil)
	want(2)
	r, err := selection.NewReader("logs", selection.Loki, selection.Loki.Kinds(), &metav1.LabelSelector{MatchLabels: map[string]string{"rules": "loki"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	x.SetReaders([]*selection.Reader{r})
	want(1)
	set("b", map[string]string{"rules": "loki"})
	want(0)
	x.SetReaders(nil)
	want(2)
}
