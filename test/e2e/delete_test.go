package e2e

import "testing"

// TestDelete checks that promgate does not prevent a delete.
func TestDelete(t *testing.T) {
	newNamespace(t, "delete", nil)
	kubectl(t, prometheusRule(metadata{Name: "a", Namespace: "delete"}, "up == 0"), "create", "-f", "-")
	kubectl(t, serviceMonitor(metadata{Name: "a", Namespace: "delete"}), "create", "-f", "-")
	kubectl(t, "", "delete", "prometheusrule,servicemonitor", "a", "--namespace=delete")
}

// TestPromgateAway checks that objects pass unchecked and can be deleted while promgate is down,
// and that they are checked again once it is running.
func TestPromgateAway(t *testing.T) {
	newNamespace(t, "away", nil)
	broken := prometheusRule(metadata{Name: "broken", Namespace: "away"}, "sum(up")
	kubectl(t, prometheusRule(metadata{Name: "before", Namespace: "away"}, "up == 0"), "create", "-f", "-")

	cluster.Promgate.Stop()
	t.Run("Down", func(t *testing.T) {
		kubectl(t, broken, "create", "-f", "-")
		wantLabels(t, "prometheusrule", "away", "broken", nil)
		kubectl(t, "", "delete", "prometheusrule", "before", "broken", "--namespace=away")
	})
	if err := cluster.Promgate.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "promgate to be called again", keptOut(broken))
}
