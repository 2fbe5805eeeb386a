package relabel

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// TestActionWithoutValue checks that a text that YAML reads as no value is no action: the default
// applies only to a missing action.
func TestActionWithoutValue(t *testing.T) {
	for _, text := range relabeling.DefaultNoValueTexts() {
		r := Relabeling{RelabelConfig: monitoringv1.RelabelConfig{Action: text}}
		if found := RelabelAction.Run(r, validation.Snapshot{}); len(found) != 1 {
			t.Errorf("relabel-action reports %v for a text that YAML reads as no value", found)
		}
	}
}
