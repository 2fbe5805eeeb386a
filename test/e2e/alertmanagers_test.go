package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
)

// TestAlertmanagers checks AlertmanagerConfigs of both versions: one that no Alertmanager selects gets the label, or a warning,
// and one that the version of its Alertmanager refuses is refused. The audit finds one that was stored before, and a Secret that is
// missing.
func TestAlertmanagers(t *testing.T) {
	const namespace = "alertmanagers"
	newNamespace(t, namespace, nil)
	defer serveBeta(t)()
	defer kubectl(t, "", "delete", "alertmanagers,alertmanagerconfigs", "--all", "--namespace="+namespace)

	teamA := map[string]string{"team": "a"}
	stored := metadata{Name: "stored", Namespace: namespace, Labels: teamA}
	withoutWebhooks(t, func() { kubectl(t, alertmanagerConfig("v1alpha1", stored, chat, "service.name"), "create", "-f", "-") })

	alertmanager := func(spec string) string {
		return monitorYAML("Alertmanager", metadata{Name: "main", Namespace: namespace}, spec)
	}
	wantContains(t, refused(t, alertmanager(`{version: latest}`), "create", "-f", "-"), "spec.version", "[alertmanager-base]")
	kubectl(t, alertmanager(`{version: v0.26.0, alertmanagerConfigSelector: {matchLabels: {team: a}}}`), "create", "-f", "-")
	for _, version := range []string{"v1alpha1", "v1beta1"} {
		t.Run(version, func(t *testing.T) {
			m := metadata{Name: version, Namespace: namespace}
			right := alertmanagerConfig(version, m, chat, "alertname")
			eventually(t, "promgate to know the Alertmanager", labelled(right, teamA))
			if out := kubectl(t, right, "apply", "-f", "-"); len(warnings(out)) > 0 {
				t.Errorf("a right AlertmanagerConfig is warned of: %s", out.Stderr)
			}
			wantLabels(t, "alertmanagerconfig", namespace, version, teamA)
			wantContains(t, refused(t, alertmanagerConfig(version, m, chat, "service.name"), "apply", "-f", "-"), "spec.route.groupBy[0]", "[alertmanager-refuses]")

			other := metadata{Name: version + "-other", Namespace: namespace, Labels: map[string]string{"team": "b"}}
			out := kubectl(t, alertmanagerConfig(version, other, chat, "alertname"), "apply", "-f", "-")
			wantContains(t, out.Stderr, "no Alertmanager selects it: alertmanagers/main needs the label team to be a [not-selected]")
			wantLabels(t, "alertmanagerconfig", namespace, other.Name, other.Labels)
		})
	}

	const slack = `slackConfigs: [{channel: alerts, apiURL: {name: slack, key: url}}]`
	secret := metadata{Name: "secret", Namespace: namespace, Labels: teamA}
	kubectl(t, alertmanagerConfig("v1alpha1", secret, slack, "alertname"), "create", "-f", "-")
	out, status := audit(t, "-n", namespace)
	wantContains(t, out, "AlertmanagerConfig alertmanagers/stored", "spec.route.groupBy[0]", "AlertmanagerConfig alertmanagers/secret", "spec.receivers[0].slackConfigs[0].apiURL", "2 denied")
	if status != 1 {
		t.Errorf("status %d", status)
	}
}

// chat is a receiver that needs no Secret.
const chat = `webhookConfigs: [{url: "https://chat.example.com/hook"}]`

func alertmanagerConfig(version string, m metadata, receiver, groupBy string) string {
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings can be encoded
	}
	return fmt.Sprintf("apiVersion: monitoring.coreos.com/%s\nkind: AlertmanagerConfig\nmetadata: %s\nspec: {route: {receiver: chat, groupBy: [%s]}, receivers: [{name: chat, %s}]}\n", version, data, groupBy, receiver)
}

// serveBeta makes the API server serve v1beta1 of AlertmanagerConfig, which the operator's default CRD leaves out. Without the
// operator's webhook for conversion it converts nothing but the version, which suffices for fields that are the same in both. The
// function that it returns undoes it.
func serveBeta(t *testing.T) (undo func()) {
	t.Helper()
	const crd = "alertmanagerconfigs.monitoring.coreos.com"
	const added = `[{"op": "add", "path": "/spec/versions/-", "value": {"name": "v1beta1", "served": true, "storage": false, "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}]`
	kubectl(t, "", "patch", "crd", crd, "--type=json", "--patch="+added)
	eventually(t, "v1beta1 to be served", func(ctx context.Context) error {
		_, err := cluster.Kubectl.Run(ctx, "get", "alertmanagerconfigs.v1beta1.monitoring.coreos.com", "--all-namespaces")
		return err
	})
	return func() {
		kubectl(t, "", "patch", "crd", crd, "--type=json", `--patch=[{"op": "test", "path": "/spec/versions/1/name", "value": "v1beta1"}, {"op": "remove", "path": "/spec/versions/1"}]`)
	}
}
