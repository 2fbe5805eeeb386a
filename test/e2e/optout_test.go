package e2e

import "testing"

// TestObjectOptOuts checks that the annotation prevents added labels, and that the label prevents
// all checks, for objects whose expressions are in another language than PromQL.
func TestObjectOptOuts(t *testing.T) {
	newNamespace(t, "optout", nil)

	t.Run("DefaultLabels", func(t *testing.T) {
		annotated := metadata{Name: "annotated", Namespace: "optout", Annotations: map[string]string{"promgate.dev/default-labels": "false"}}
		kubectl(t, prometheusRule(annotated, "up == 0"), "create", "-f", "-")
		wantLabels(t, "prometheusrule", "optout", "annotated", nil)
		refused(t, prometheusRule(annotated, "sum(up"), "apply", "-f", "-")
	})
	t.Run("Ignore", func(t *testing.T) {
		ignore := map[string]string{"promgate.dev/ignore": "true"}
		kubectl(t, prometheusRule(metadata{Name: "ignored", Namespace: "optout", Labels: ignore}, `{app="nginx"} |= "error"`), "create", "-f", "-")
		wantLabels(t, "prometheusrule", "optout", "ignored", ignore)
	})
}

// TestNamespaceOptOuts checks the same for all objects in a namespace, by its labels.
func TestNamespaceOptOuts(t *testing.T) {
	t.Run("DefaultLabels", func(t *testing.T) {
		const namespace = "optout-default-labels"
		newNamespace(t, namespace, map[string]string{"promgate.dev/default-labels": "false"})
		monitor := serviceMonitor(metadata{Name: "a", Namespace: namespace})
		eventually(t, "the namespace to opt out of labels", labelled(monitor, nil))
		kubectl(t, monitor, "create", "-f", "-")
		wantLabels(t, "servicemonitor", namespace, "a", nil)
		refused(t, prometheusRule(metadata{Name: "a", Namespace: namespace}, "sum(up"), "create", "-f", "-")
	})
	t.Run("Ignore", func(t *testing.T) {
		const namespace = "optout-ignore"
		newNamespace(t, namespace, map[string]string{"promgate.dev/ignore": "true"})
		broken := prometheusRule(metadata{Name: "a", Namespace: namespace}, "sum(up")
		eventually(t, "the namespace to be ignored", letIn(broken))
		kubectl(t, broken, "create", "-f", "-")
		wantLabels(t, "prometheusrule", namespace, "a", nil)

		kubectl(t, "", "label", "namespace", namespace, "promgate.dev/ignore-")
		eventually(t, "the namespace to be checked again",
			keptOut(prometheusRule(metadata{Name: "b", Namespace: namespace}, "sum(up")))
	})
}
