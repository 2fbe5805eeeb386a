package selection

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestReader(t *testing.T) {
	team := &metav1.LabelSelector{MatchLabels: map[string]string{"team": "a"}}
	for name, c := range map[string]struct {
		objects, namespaces *metav1.LabelSelector
		kind                string
		labels, ofNamespace map[string]string
		want                bool
	}{
		"Both":           {team, team, "PodMonitor", team.MatchLabels, team.MatchLabels, true},
		"OtherKind":      {nil, nil, "ServiceMonitor", nil, nil, false},
		"OtherLabels":    {team, nil, "PodMonitor", nil, team.MatchLabels, false},
		"OtherNamespace": {nil, team, "PodMonitor", team.MatchLabels, nil, false},
		"Everything":     {nil, nil, "PodMonitor", nil, nil, true},
	} {
		r, err := NewReader("a", OpenTelemetry, []string{"PodMonitor"}, c.objects, c.namespaces)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Takes(c.kind, "shop", c.labels, c.ofNamespace); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if _, err := NewReader("a", Mimir, Mimir.Kinds(), &metav1.LabelSelector{MatchLabels: map[string]string{"a b": ""}}, nil); err == nil {
		t.Error("an invalid selector is accepted")
	}
}
