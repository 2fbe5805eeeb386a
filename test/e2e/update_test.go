package e2e

import "testing"

// TestDroppedLabels checks that promgate adds a label again when an update drops it, and warns the
// user.
func TestDroppedLabels(t *testing.T) {
	newNamespace(t, "update", nil)
	m := metadata{Name: "a", Namespace: "update"}
	kubectl(t, prometheusRule(m, "up == 0"), "create", "-f", "-")
	wantLabels(t, "prometheusrule", "update", "a", ruleLabels)

	t.Run("Replace", func(t *testing.T) {
		out := kubectl(t, prometheusRule(m, "up == 1"), "replace", "-f", "-")
		wantLabels(t, "prometheusrule", "update", "a", ruleLabels)
		wantContains(t, out.Stderr, "Warning:", "release=prometheus", "promgate.dev/default-labels")
	})
	t.Run("Label", func(t *testing.T) {
		out := kubectl(t, "", "label", "prometheusrule", "a", "release-", "--namespace=update")
		wantLabels(t, "prometheusrule", "update", "a", ruleLabels)
		wantContains(t, out.Stderr, "Warning:", "release=prometheus")
	})
	t.Run("Apply", func(t *testing.T) {
		// The manifest never had the labels, so that an apply does not drop them.
		applied := metadata{Name: "applied", Namespace: "update"}
		kubectl(t, prometheusRule(applied, "up == 0"), "apply", "-f", "-")
		out := kubectl(t, prometheusRule(applied, "up == 1"), "apply", "-f", "-")
		wantLabels(t, "prometheusrule", "update", "applied", ruleLabels)
		if lines := warnings(out); len(lines) != 0 {
			t.Errorf("a warning for an apply that drops nothing: %q", lines)
		}
	})
	t.Run("OptedOut", func(t *testing.T) {
		kubectl(t, "", "annotate", "prometheusrule", "a", "promgate.dev/default-labels=false", "--namespace=update")
		kubectl(t, "", "label", "prometheusrule", "a", "release-", "--namespace=update")
		wantLabels(t, "prometheusrule", "update", "a", map[string]string{"app": "prometheus-operator"})
	})
}

// TestDormantObject checks that an update does not add labels to an object that never had them. It
// may be unselected on purpose.
func TestDormantObject(t *testing.T) {
	newNamespace(t, "dormant", nil)
	m := metadata{Name: "a", Namespace: "dormant", Annotations: map[string]string{"promgate.dev/default-labels": "false"}}
	kubectl(t, prometheusRule(m, "up == 0"), "create", "-f", "-")
	kubectl(t, "", "annotate", "prometheusrule", "a", "promgate.dev/default-labels-", "--namespace=dormant")
	m.Annotations = nil
	kubectl(t, prometheusRule(m, "up == 1"), "replace", "-f", "-")
	wantLabels(t, "prometheusrule", "dormant", "a", nil)
}
