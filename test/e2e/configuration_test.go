package e2e

import (
	"os"
	"testing"
)

const configurationHead = "apiVersion: promgate.dev/v1alpha1\nkind: Configuration\n"

// TestConfiguration checks that a change of the file takes effect without a restart, that an
// invalid file changes nothing, and that namespaces have severities by their labels.
func TestConfiguration(t *testing.T) {
	newNamespace(t, "strict", nil)
	newNamespace(t, "sandbox", map[string]string{"tier": "sandbox"})
	broken := func(namespace string) string {
		return prometheusRule(metadata{Name: "broken", Namespace: namespace}, "sum(up")
	}
	installed, err := os.ReadFile(cluster.Promgate.ConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		configure(t, string(installed))
		eventually(t, "the configuration to be the default again", keptOut(broken("sandbox")))
	}()
	eventually(t, "the rule to be refused by default", keptOut(broken("sandbox")))

	configure(t, configurationHead+"namespaces:\n- selector: {matchLabels: {tier: sandbox}}\n  checks: {expr-syntax: warn}\n")
	eventually(t, "the sandbox to get warnings only", letIn(broken("sandbox")))
	refused(t, broken("strict"), "create", "-f", "-")

	configure(t, configurationHead+"warnOnly: yes please\n")
	configure(t, configurationHead+"warnOnly: true\ndefaulting: {monitors: {release: other}}\n")
	eventually(t, "every denial to be a warning", letIn(broken("strict")))
	eventually(t, "monitors to get another label", labelled(
		serviceMonitor(metadata{Name: "a", Namespace: "strict"}), map[string]string{"release": "other"}))
}

// configure replaces promgate's configuration in one step.
func configure(t *testing.T, content string) {
	t.Helper()
	next := cluster.Promgate.ConfigFile + ".next"
	if err := os.WriteFile(next, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, cluster.Promgate.ConfigFile); err != nil {
		t.Fatal(err)
	}
}
