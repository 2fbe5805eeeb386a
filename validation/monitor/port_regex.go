package monitor

import (
	"fmt"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

var portRegex = validation.Check[Port]{
	ID: "port-regex", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The name of a port is a broken regular expression",
		Text: `The operator does not look for a port by its name: it writes the name into a relabeling, as
a regular expression. One that does not compile makes Prometheus refuse its whole
configuration.

A port's name has letters, digits and hyphens only. If an expression is intended, correct it.

A text that YAML reads as no value even in quotes is denied as well; see relabel-regex.`,
		Since: "v0.1.0",
	},
	Run: func(p Port, _ validation.Snapshot) []validation.Finding {
		if p.Value.StrVal == "" {
			return nil
		}
		if found := p.withoutValue(relabeling.DefaultNoValueTexts()); found != nil {
			return found
		}
		if _, err := relabeling.ParseRegex(p.Value.StrVal); err == nil {
			return nil
		}
		return []validation.Finding{p.Finding(
			fmt.Sprintf("the port %q is used as a regular expression, and does not compile", p.Value.StrVal),
			"write the name of a port of the Service or Pod", p.Value.StrVal)}
	},
}

// withoutValue denies a port whose name, which becomes a regular expression, YAML reads as
// no value.
func (p Port) withoutValue(texts relabeling.NoValueTexts) []validation.Finding {
	problem, fix := texts.Complaint("port", p.Value.StrVal)
	if problem == "" {
		return nil
	}
	return []validation.Finding{p.Finding(problem, fix, p.Value.StrVal)}
}
