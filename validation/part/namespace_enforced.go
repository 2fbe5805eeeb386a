package part

import "github.com/promgate/promgate/validation"

// NamespaceEnforced warns about what the operator overwrites with the namespace of the object.
// Overwritten returns it.
func NamespaceEnforced[T any](overwritten func(part T, s validation.Snapshot) []validation.Finding) validation.Check[T] {
	return validation.Check[T]{
		ID: "namespace-enforced", Severity: validation.Warn,
		Doc: validation.Doc{
			Title: "The Prometheus enforces another namespace",
			Text: `The Prometheus or ThanosRuler that selects the object has ` + "`enforcedNamespaceLabel`" + `. The operator (v0.93.0) then
writes the namespace of the object into that label, over whatever the object says:

- Each selector of a rule gets a matcher for the namespace, in place of all matchers of that label: a rule in ` + "`shop`" + ` on
  ` + "`up{namespace=\"kube-system\"}` reads `up{namespace=\"shop\"}`" + `. The check is silent where the matcher matches the namespace.
- A label of that name in a rule is overwritten.
- A relabeling after all others sets the label of targets and samples. What a relabeling or a static target wrote is lost.
- The operator reads the expressions of such rules without feature flags. If it cannot read one, it leaves out the whole object.

Move the object into the namespace that it is about, or have it excluded (` + "`excludedFromEnforcement`" + `).`,
			Since: "v0.1.0",
		},
		Run: overwritten,
	}
}

// Enforcer names the instance that enforces a namespace.
func Enforcer(p validation.Prometheus) string {
	if p.Thanos {
		return "ThanosRuler " + p.Name
	}
	return "Prometheus " + p.Name
}
