package e2e

import "testing"

// TestForceKeepsTheLiveObject: `kubectl apply --force` deletes the live object and
// creates it anew when the answer's reason is Invalid or Conflict. With a refusal
// of ours it must do no such thing: the old rules would be gone, and the new ones
// refused.
func TestForceKeepsTheLiveObject(t *testing.T) {
	newNamespace(t, "force", nil)
	m := metadata{Name: "live", Namespace: "force"}
	uid := func() string {
		return kubectl(t, "", "get", "prometheusrule", "live", "--namespace=force", "--output=jsonpath={.metadata.uid}").Stdout
	}

	kubectl(t, prometheusRule(m, "up == 0"), "apply", "-f", "-")
	before := uid()
	stderr := refused(t, prometheusRule(m, "sum(up"), "apply", "--force", "-f", "-")
	wantContains(t, stderr, "(Forbidden)", "[expr-syntax]")
	if after := uid(); after != before {
		t.Errorf("the live object was replaced: uid %s, and before %s", after, before)
	}
}
