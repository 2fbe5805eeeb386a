package rule

import "github.com/promgate/promgate/validation"

var recordOrAlert = validation.Check[*groupRule]{
	ID: "record-or-alert", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A rule is neither recording nor alerting rule, or both",
		Text: `A rule has either ` + "`record`" + `, the name of the series that it writes, or ` + "`alert`" + `, the name
of the alert that it raises. Prometheus refuses a rule file in which one has both or neither.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		switch {
		case r.Record == "" && r.Alert == "":
			return []validation.Finding{r.place().Finding(
				"the rule has neither record nor alert", "set one of them to the rule's name", r.Expr.String())}
		case r.Record != "" && r.Alert != "":
			return []validation.Finding{r.place("record").Finding(
				"the rule has both record and alert", "remove one of them, or make two rules", r.Record)}
		}
		return nil
	},
}
