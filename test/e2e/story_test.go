package e2e

import "testing"

// The labels that promgate adds by default.
var (
	ruleLabels    = map[string]string{"app": "prometheus-operator", "release": "prometheus"}
	monitorLabels = map[string]string{"release": "prometheus"}
)

// TestStory is the main use of promgate: a valid rule and a valid monitor are admitted, with the
// labels by which a Prometheus selects them; the same rule with a missing bracket is refused.
func TestStory(t *testing.T) {
	newNamespace(t, "prometheus", nil)
	rule, monitor := readFile(t, "testdata/rule.yaml"), readFile(t, "testdata/monitor.yaml")
	const noLabels = "namespace: prometheus}"

	t.Run("AdmittedAsTheyAre", func(t *testing.T) {
		kubectl(t, rule, "apply", "-f", "-")
		kubectl(t, monitor, "apply", "-f", "-")
		wantLabels(t, "prometheusrule", "prometheus", "mysample-alert.rules", ruleLabels)
		wantLabels(t, "servicemonitor", "prometheus", "spring-actuator-demo-monitor", monitorLabels)
	})
	t.Run("CompletedWithLabels", func(t *testing.T) {
		bare := replace(t, rule, "namespace: prometheus, labels: {app: prometheus-operator, release: prometheus}}", noLabels)
		kubectl(t, replace(t, bare, "{name: mysample-alert.rules", "{name: bare.rules"), "apply", "-f", "-")
		wantLabels(t, "prometheusrule", "prometheus", "bare.rules", ruleLabels)

		bare = replace(t, monitor, "namespace: prometheus, labels: {release: prometheus}}", noLabels)
		kubectl(t, replace(t, bare, "spring-actuator-demo-monitor", "bare-monitor"), "apply", "-f", "-")
		wantLabels(t, "servicemonitor", "prometheus", "bare-monitor", monitorLabels)
	})
	t.Run("LabelsThatAreThereStay", func(t *testing.T) {
		other := replace(t, rule, "{app: prometheus-operator, release: prometheus}", "{release: other, team: a}")
		kubectl(t, replace(t, other, "{name: mysample-alert.rules", "{name: other.rules"), "apply", "-f", "-")
		wantLabels(t, "prometheusrule", "prometheus", "other.rules",
			map[string]string{"app": "prometheus-operator", "release": "other", "team": "a"})

		other = replace(t, monitor, "{release: prometheus}", "{release: other}")
		kubectl(t, replace(t, other, "spring-actuator-demo-monitor", "other-monitor"), "apply", "-f", "-")
		wantLabels(t, "servicemonitor", "prometheus", "other-monitor", map[string]string{"release": "other"})
	})
	t.Run("BracketMissing", func(t *testing.T) {
		broken := replace(t, rule, "(job, namespace, service)) > 10", "(job, namespace, service) > 10")
		broken = replace(t, broken, "{name: mysample-alert.rules", "{name: broken.rules")
		stderr := refused(t, broken, "apply", "-f", "-")
		wantContains(t, stderr,
			"PrometheusRule prometheus/broken.rules",
			"spec.groups[0].rules[0].expr",
			"MyTargetDown",
			"(job, namespace, service) > 10\n",
			" ^\n",
			"[expr-syntax]",
		)
		if _, err := cluster.Kubectl.Run(t.Context(), "get", "prometheusrule", "broken.rules", "--namespace=prometheus"); err == nil {
			t.Error("the refused rule is in the cluster")
		}
	})
}
