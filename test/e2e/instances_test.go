package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestInstances checks that the webhook refuses a Prometheus that would not load or not start, and warns of an update
// that lets go of what it selects.
func TestInstances(t *testing.T) {
	defer noPrometheus(t)
	const namespace = "instances"
	newNamespace(t, namespace, nil)
	prometheus := func(spec string) string {
		return monitorYAML("Prometheus", metadata{Name: "main", Namespace: namespace}, spec)
	}
	for spec, parts := range map[string][]string{
		`{serviceMonitorSelector: {}, remoteWrite: [{url: "http://receiver/write"}, {url: "http://receiver/write"}]}`: {"spec.remoteWrite[1]", "[configuration]"},
		`{serviceMonitorSelector: {}, additionalArgs: [{name: web.enable-admin-api, value: "true"}]}`:                 {"spec.additionalArgs[0].value", "takes no value", "[server-arguments]"},
		`{version: latest}`: {"spec.version", "[unusable-instance]"},
		`{ruleSelector: {matchExpressions: [{key: team, operator: Is, values: [a]}]}}`: {"spec.ruleSelector.matchExpressions[0].operator", "[selector]"},
	} {
		wantContains(t, refused(t, prometheus(spec), "create", "-f", "-"), parts...)
	}
	if out := kubectl(t, prometheus(`{serviceMonitorSelector: {matchLabels: {team: a}}}`), "apply", "-f", "-"); len(warnings(out)) > 0 {
		t.Errorf("a right Prometheus is warned of: %s", out.Stderr)
	}
	kubectl(t, serviceMonitor(metadata{Name: "web", Namespace: namespace, Labels: map[string]string{"team": "a"}}), "create", "-f", "-")
	eventually(t, "the update to be warned of", func(context.Context) error {
		out := kubectl(t, prometheus(`{serviceMonitorSelector: {matchLabels: {team: b}}}`), "apply", "--dry-run=server", "-f", "-")
		if text := strings.Join(warnings(out), "\n"); !strings.Contains(text, "it no longer selects 1 ServiceMonitor: instances/web") {
			return fmt.Errorf("the warnings are %q", text)
		}
		return nil
	})
}
