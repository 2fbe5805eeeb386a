package notification

import (
	"fmt"
	"slices"

	"github.com/prometheus/alertmanager/pkg/labels"

	"github.com/promgate/promgate/validation"
)

// InhibitInert warns about an inhibit rule that never inhibits anything.
var InhibitInert = validation.Check[*Config]{
	ID: "inhibit-inert", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The inhibit rule inhibits nothing",
		Text: `Alertmanager loads the rule, and it never has an effect:

- Source and target have the same matchers. An alert that matches both sides is inhibited only by one that does not match the
  target (v0.35.0, inhibit/inhibit.go), and there is none.
- Source and target ask for different values of a label that is in ` + "`equal`" + ` too.
- One side asks for two values of one label, so that no alert matches it: the matcher for the namespace of the
  AlertmanagerConfig, which the operator adds to both sides, may be one of them.

Remove the label from ` + "`equal`" + `, or the matcher that is too much.`,
		Since: "v0.1.0",
	},
	Run: func(c *Config, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, r := range c.InhibitRules {
			if problem, fix := r.inert(c.confined()); problem != "" {
				found = append(found, r.Finding(problem, fix, validation.Key(r.Source.String(), r.Target.String())))
			}
		}
		return found
	},
}

// inert says why a rule inhibits nothing, or returns "".
func (r InhibitRule) inert(confined labels.Matchers) (problem, fix string) {
	for _, side := range []labels.Matchers{r.Source, r.Target} {
		if m, other := contradiction(side, confined); m != nil {
			return fmt.Sprintf("the rule inhibits nothing: no alert has both %s and %s", m, other), "remove one of the matchers"
		}
	}
	if subset(r.Source, r.Target) && subset(r.Target, r.Source) {
		return "the rule inhibits nothing: its source and its target are the same, and an alert does not inhibit its like", "let the target match other alerts than the source"
	}
	for _, label := range r.Equal {
		source, target := valueOf(r.Source, label), valueOf(r.Target, label)
		if source != nil && target != nil && source.Value != target.Value {
			return fmt.Sprintf("the rule inhibits nothing: %s has to be equal on both sides, but the source has %s and the target %s", label, source, target),
				"remove the label from equal"
		}
	}
	return "", ""
}

func subset(some, others labels.Matchers) bool {
	return !slices.ContainsFunc(some, func(m *labels.Matcher) bool {
		return !slices.ContainsFunc(others, func(o *labels.Matcher) bool { return same(m, o) })
	})
}

// valueOf returns the matcher that gives a label its value, or nil.
func valueOf(matchers labels.Matchers, label string) *labels.Matcher {
	for _, m := range matchers {
		if m.Name == label && m.Type == labels.MatchEqual {
			return m
		}
	}
	return nil
}
