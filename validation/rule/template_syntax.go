package rule

import "github.com/promgate/promgate/validation"

var templateSyntax = validation.Check[*groupRule]{
	ID: "template-syntax", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A template in a label or annotation is malformed",
		Text: `Labels and annotations of an alert are Go templates. Prometheus refuses a rule file in which one
cannot be parsed: a brace or ` + "`end`" + ` is missing, a function does not exist, or a variable is not one of
` + "`$labels`, `$value`, `$externalLabels` and `$externalURL`" + `.

To show a literal ` + "`{{`, write `{{ \"{{\" }}`" + `. In a Helm chart the template has to be escaped for Helm:
` + "``{{ `{{ $labels.job }}` }}``" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, t := range r.templates {
			if t.err == nil {
				continue
			}
			problem, excerpt := t.problem()
			f := t.place().Finding("the template cannot be parsed: "+problem, templateFix(problem), t.text)
			f.Excerpt = excerpt
			found = append(found, f)
		}
		return found
	},
}
