package monitor

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

var paramName = validation.Check[Params]{
	ID: "param-name", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The name of a parameter breaks the configuration",
		Text: `The parameters of the URL become a map in the configuration. For two names Prometheus refuses the
whole configuration:

- a name that is listed twice in a Probe; put the values into one entry
- ` + "`<<`" + `, which in YAML merges maps`,
		Since: "v0.1.0",
	},
	Run: func(p Params, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		seen := make(map[string]bool, len(p.Names))
		for _, param := range p.Names {
			switch {
			case seen[param.Name]:
				found = append(found, param.Finding(fmt.Sprintf("the parameter %q is in the list already", param.Name),
					"put all of its values into one entry", param.Name))
			case param.Name == "<<" && len(param.Values) > 0: // go.yaml.in/yaml v2 decode.go, merge
				found = append(found, param.Finding(`"<<" cannot be written into the configuration: in YAML it merges maps`,
					"remove it", param.Name))
			}
			seen[param.Name] = true
		}
		return found
	},
}

// paramsOf walks to the parameters of all scrapes.
func paramsOf(o *Object) []Params {
	all := make([]Params, len(o.Scrapes))
	for i, s := range o.Scrapes {
		all[i] = s.Params
	}
	return all
}
