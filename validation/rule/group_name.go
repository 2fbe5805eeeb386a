package rule

import "github.com/promgate/promgate/validation"

var groupName = validation.Check[*ruleGroup]{
	ID: "group-name", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A rule group has no name",
		Text: `Prometheus refuses a rule file in which a group has no name. Prometheus
shows the name on its pages and in its metrics; it can be any text.`,
		Since: "v0.1.0",
	},
	Run: func(g *ruleGroup, _ validation.Snapshot) []validation.Finding {
		if g.Name != "" {
			return nil
		}
		return []validation.Finding{g.place("name").Finding("the group has no name", "give it one", "")}
	},
}
