package rule

import "github.com/promgate/promgate/validation"

var noRules = validation.Check[*ruleGroup]{
	ID: "no-rules", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A group has no rules",
		Text: `The group is loaded and does nothing. Often the rules are under a misspelt key, which the
API server drops, or have the wrong indentation.`,
		Since: "v0.1.0",
	},
	Run: func(g *ruleGroup, _ validation.Snapshot) []validation.Finding {
		if len(g.rules) > 0 {
			return nil
		}
		return []validation.Finding{g.place("rules").Finding("the group has no rules", "add rules, or remove the group", "")}
	},
}
