package discovery

import (
	"strings"
	"testing"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// TestAddressWithoutValue refuses another word than those that YAML reads as no value, and checks
// that the check refuses those too.
func TestAddressWithoutValue(t *testing.T) {
	a := sourceAddress{"apiServer", "remove", "https://a", mustHaveValue(relabeling.NoValueTexts{"remove"})}
	if problem, _ := a.problem(); !strings.Contains(problem, "YAML reads as no value") {
		t.Errorf("%q", problem)
	}
	a.value = "https://b"
	if problem, _ := a.problem(); problem != "" {
		t.Errorf("%q", problem)
	}
	for _, text := range relabeling.DefaultNoValueTexts() {
		d := Discovery{Kind: "kubernetes", Config: &monitoringv1alpha1.KubernetesSDConfig{APIServer: &text}}
		if found := DiscoveryURL.Run(d, validation.Snapshot{}); len(found) != 1 {
			t.Errorf("discovery-url reports %v for a text that YAML reads as no value", found)
		}
	}
}
