package rule

import (
	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

var templateVersion = validation.Check[*groupRule]{
	ID: "template-version", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A template calls a function of another version of Prometheus",
		Text: `A label or an annotation of an alert calls a function that the Prometheus that loads the rule does not have.
It refuses the whole rule file, not only the text. What each version has is in [the table](../../versions.md).

If several Prometheus objects select the rule and only some refuse it, the finding is a warning that names them.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if !s.Prometheus.Known() {
			return nil
		}
		var found []validation.Finding
		for _, t := range r.templates {
			if t.err != nil {
				continue
			}
			for _, u := range refusedBy(s.Prometheus, dialect.TemplateUses(t.text)) {
				f := t.place().Finding(versionProblem(u, s.Prometheus), versionFix(u, s.Prometheus), validation.Key(u.Name, t.text))
				f.Excerpt = t.place().Excerpt(t.text, u.Start, u.End)
				found = append(found, f)
			}
		}
		return found
	},
}
