package rule

import (
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/validation"
)

// maxRuleFile is the largest rule file that the operator takes, in bytes of YAML
// (MaxConfigMapDataSize, prometheus-operator v0.93.0).
const maxRuleFile = 512 << 10

// safeObjectSize is a size of the JSON below which the YAML cannot reach
// maxRuleFile: YAML takes at most eight times the room (a string of line breaks
// is indented to ten characters for two; an escaped emoji takes ten for four).
const safeObjectSize = maxRuleFile / 8

var ruleFileSize = validation.Check[*file]{
	ID: "rule-file-size", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The rule file is too large",
		Text: `The operator writes the groups of a PrometheusRule as one file into a ConfigMap, and refuses
one of more than 524,288 bytes of YAML: none of its rules would be loaded.

Split the object: groups are independent of each other, so each can move to a
PrometheusRule of its own.`,
		Since: "v0.1.0",
	},
	Run: func(f *file, _ validation.Snapshot) []validation.Finding {
		if f.size <= safeObjectSize {
			return nil
		}
		content, err := yaml.Marshal(f.object.Spec)
		if err != nil || len(content) <= maxRuleFile {
			return nil // what cannot be written is another check's
		}
		return []validation.Finding{{
			Path:    "spec.groups",
			Problem: fmt.Sprintf("the rule file has %d bytes of YAML, more than the %d that the operator takes", len(content), maxRuleFile),
			Fix:     "move some groups to another PrometheusRule",
			Key:     "size",
		}}
	},
}
