package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// TestUnselectedMetric checks that a metric counts the objects that no Prometheus selects, for
// users whose tools show no warnings.
func TestUnselectedMetric(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "unselected", nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "unselected"},
		`{serviceMonitorSelector: {matchLabels: {team: seen}}, ruleSelector: {matchLabels: {team: seen}}}`), "create", "-f", "-")
	for _, team := range []string{"seen", "other"} {
		labels := map[string]string{"team": team}
		kubectl(t, prometheusRule(metadata{Name: team, Namespace: "unselected", Labels: labels}, "up"), "create", "-f", "-")
		kubectl(t, serviceMonitor(metadata{Name: team, Namespace: "unselected", Labels: labels}), "create", "-f", "-")
	}
	one := []string{
		`promgate_unselected_objects{kind="PrometheusRule",namespace="unselected"} 1`,
		`promgate_unselected_objects{kind="ServiceMonitor",namespace="unselected"} 1`,
	}
	eventually(t, "both to be counted", metricsHave(t, one...))
	kubectl(t, "", "label", "prometheusrule/other", "servicemonitor/other", "team=seen", "--overwrite", "--namespace=unselected")
	eventually(t, "nothing to be counted", func(ctx context.Context) error {
		if metricsHave(t, `kind="ServiceMonitor",namespace="unselected"`)(ctx) == nil || metricsHave(t, `kind="PrometheusRule",namespace="unselected"`)(ctx) == nil {
			return fmt.Errorf("there is still such an object")
		}
		return nil
	})
}

// metricsHave returns a condition that holds if promgate's metrics contain all parts.
func metricsHave(t *testing.T, parts ...string) func(context.Context) error {
	t.Helper()
	client, err := rig.HTTPClient(cluster.Promgate.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context) error {
		_, body, err := ask(ctx, client, "/metrics")
		if err != nil {
			return err
		}
		for _, part := range parts {
			if !strings.Contains(body, part) {
				return fmt.Errorf("the metrics lack %s", part)
			}
		}
		return nil
	}
}
