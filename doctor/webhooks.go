package doctor

import (
	"fmt"
	"maps"
	"slices"

	"github.com/promgate/promgate/selection"
)

// slow is the timeout from which on a webhook that hangs is felt by everybody who waits for it.
const slow = 15

// examineConfigurations is about what the API server has been told.
func (e *examiner) examineConfigurations() {
	if e.unreadable("configuration", "webhook configurations", "Whether the API server calls promgate") {
		return
	}
	for _, sort := range []struct{ name, does, path string }{
		{Mutating, "adds no labels", "/mutate"},
		{Validating, "checks nothing", "/validate"},
	} {
		hooks := slices.DeleteFunc(e.Ours(), func(h Hook) bool { return h.Sort != sort.name })
		if len(hooks) == 0 {
			e.problem("configuration", fmt.Sprintf("There is no %sWebhookConfiguration %s, so that promgate %s.", sort.name, e.Name, sort.does),
				"Apply promgate's manifests, or name the configuration with --webhook-configurations.")
		}
		for _, h := range hooks {
			e.examineHook(h, sort.path)
		}
	}
	e.examineNamespaces()
}

func (e *examiner) examineHook(h Hook, path string) {
	failing := "passes unchecked"
	if h.fails() {
		failing = "is refused"
	}
	text := fmt.Sprintf("%s calls %s. What it does not answer within %s %s (failurePolicy %s).",
		h.object(), h.target(), plural(int(h.seconds()), "second", "seconds"), failing, e.policyOf(h))
	details := e.limits(h)
	switch {
	case h.Path() != path && (h.Name == validateHook || h.Name == mutateHook):
		e.problem("configuration", text, fmt.Sprintf("Set the path to %s, which promgate serves.", path),
			append([]string{"promgate does not serve " + orNothing(h.Path())}, details...)...)
	case h.fails() && h.seconds() > slow:
		e.problem("configuration", text, "Set timeoutSeconds to 5: whoever applies an object waits that long while promgate does not answer.", details...)
	default:
		e.ok("configuration", text, details...)
	}
}

func (e *examiner) policyOf(h Hook) string {
	if h.fails() {
		return "Fail"
	}
	return "Ignore"
}

// target says what a webhook calls.
func (h Hook) target() string {
	if s := h.Service(); s != nil {
		return fmt.Sprintf("Service %s/%s, port %d, path %s", s.Namespace, s.Name, h.Port(), orNothing(h.Path()))
	}
	return h.URL()
}

func orNothing(path string) string {
	if path == "" {
		return "(none)"
	}
	return path
}

// selectableKinds are the kinds that both webhooks are called for: those that a Prometheus, a ThanosRuler or an Alertmanager
// selects.
func selectableKinds() []selection.Kind {
	return slices.DeleteFunc(selection.AllKinds(), func(k selection.Kind) bool { return !k.Selectable || !k.IsStored() })
}

// limits are the ways in which a configuration keeps objects from promgate, besides namespaces.
func (e *examiner) limits(h Hook) []string {
	var details, missing []string
	for _, kind := range selectableKinds() {
		if resource := kind.Resource(); !h.Handles(resource) {
			missing = append(missing, resource)
		}
	}
	if len(missing) > 0 {
		details = append(details, "its rules leave out the creation of "+list(missing, mostListed))
	}
	if s := h.ObjectSelector; s != nil && len(s.MatchLabels)+len(s.MatchExpressions) > 0 {
		details = append(details, "its objectSelector keeps objects out by their labels")
	}
	for _, c := range h.MatchConditions {
		details = append(details, "its matchCondition "+c.Name+" keeps objects out: "+c.Expression)
	}
	return details
}

// examineNamespaces is about the namespaces that are kept out.
func (e *examiner) examineNamespaces() {
	if len(e.Ours()) == 0 || e.unreadable("namespaces", "namespaces", "Which namespaces the webhooks keep out") {
		return
	}
	hooks := map[string][]string{} // by the namespaces that they keep out
	for _, h := range e.Ours() {
		var out []string
		for _, n := range e.Namespaces {
			if !h.Reaches(n) {
				out = append(out, n.Name)
			}
		}
		if len(out) > 0 && len(out) == len(e.Namespaces) {
			e.problem("namespaces", "The namespaceSelector of "+e.name(h)+" matches no namespace: promgate is never called.", "Correct the namespaceSelector.")
			continue
		}
		slices.Sort(out)
		text := list(out, mostListed)
		hooks[text] = append(hooks[text], e.name(h))
	}
	for _, out := range slices.Sorted(maps.Keys(hooks)) {
		if out != "" {
			e.ok("namespaces", fmt.Sprintf("The namespaceSelector of %s keeps out some namespaces: %s.", list(hooks[out], mostListed), out))
		}
	}
}
