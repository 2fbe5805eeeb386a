package e2e

import (
	"fmt"
	"regexp"
	"testing"
)

// TestRatchet checks that a mistake of the stored object is a warning, so that nobody is locked out
// of it, and that a mistake that an update adds is refused.
func TestRatchet(t *testing.T) {
	newNamespace(t, "ratchet", nil)
	m := metadata{Name: "old", Namespace: "ratchet"}

	storeUnchecked(t, prometheusRule(m, "up == 0", "sum(up"))

	t.Run("AnotherRuleChanges", func(t *testing.T) {
		out := kubectl(t, prometheusRule(m, "up == 1", "sum(up"), "replace", "-f", "-")
		wantContains(t, out.Stderr, "Warning:", "spec.groups[0].rules[1].expr", "[expr-syntax]")
	})
	t.Run("SecondFault", func(t *testing.T) {
		stderr := refused(t, prometheusRule(m, "max(up", "sum(up"), "replace", "-f", "-")
		wantContains(t, stderr, "spec.groups[0].rules[0].expr")
	})
	t.Run("OldFaultMoves", func(t *testing.T) {
		out := kubectl(t, prometheusRule(m, "", "sum(up"), "replace", "-f", "-")
		wantContains(t, out.Stderr, "Warning:", "spec.groups[0].rules[0].expr", "[expr-syntax]")
	})
	t.Run("MendedAndBrokenAgain", func(t *testing.T) {
		kubectl(t, prometheusRule(m, "", "sum(up)"), "replace", "-f", "-")
		refused(t, prometheusRule(m, "", "sum(up"), "replace", "-f", "-")
	})
}

// TestWarningsAreFew checks that promgate returns at most 8 warnings and the number of the rest,
// because the API server drops warnings beyond some length, including those of other webhooks.
func TestWarningsAreFew(t *testing.T) {
	newNamespace(t, "warnings", nil)
	m := metadata{Name: "many", Namespace: "warnings"}
	var broken []string
	for i := range 12 {
		broken = append(broken, fmt.Sprintf("sum(metric_%d", i))
	}
	storeUnchecked(t, prometheusRule(m, append(broken, "up == 0")...))

	out := kubectl(t, prometheusRule(m, append(broken, "up == 1")...), "replace", "-f", "-")
	lines := warnings(out)
	if len(lines) != 8 {
		t.Fatalf("kubectl shows %d warnings, but should show 8:\n%s", len(lines), out.Stderr)
	}
	if last := lines[7]; !regexp.MustCompile(`\b5 more\b`).MatchString(last) {
		t.Errorf("the last warning should say that there are 5 more: %s", last)
	}
}

// storeUnchecked creates an object as if it had existed before promgate.
func storeUnchecked(t *testing.T, manifest string) {
	t.Helper()
	if err := cluster.UnregisterWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	kubectl(t, manifest, "create", "-f", "-")
	if err := cluster.RegisterWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
}
