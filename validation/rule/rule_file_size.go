package rule

import (
	"fmt"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/validation"
)

// maxRuleFile is the largest rule file that the operator accepts, in bytes of YAML
// (MaxConfigMapDataSize, prometheus-operator v0.93.0).
const maxRuleFile = 512 << 10

var ruleFileSize = validation.Check[*ruleFile]{
	ID: "rule-file-size", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The rule file is too large",
		Text: `The operator writes the groups of a PrometheusRule as one file into a ConfigMap, and refuses
a file of more than 524,288 bytes of YAML: none of its rules would be loaded.

Split the object: groups are independent of each other, so each can move to a
PrometheusRule of its own.`,
		Since: "v0.1.0",
	},
	Run: func(f *ruleFile, _ validation.Snapshot) []validation.Finding {
		if f.size == 0 {
			return nil
		}
		return []validation.Finding{validation.Place{Path: groupsPath}.Finding(
			fmt.Sprintf("the rule file has %d bytes of YAML, more than the %d that the operator accepts", f.size, maxRuleFile),
			"move some groups to another PrometheusRule", "size")}
	},
}

// fileSize returns the size of the rule file of a spec, or 0 if it cannot be too large.
func fileSize(spec monitoringv1.PrometheusRuleSpec) int {
	if fileSizeBound(spec) <= maxRuleFile {
		return 0
	}
	content, err := yaml.Marshal(spec)
	if err != nil {
		return 0 // the check control-character reports why
	}
	return len(content)
}

// fileSizeBound returns an upper bound of the size of a spec's rule file, in bytes of
// YAML: writing the file takes longer than checking the object, and few objects are
// anywhere near the limit. TestFileSizeBound looks for a counter-example.
func fileSizeBound(spec monitoringv1.PrometheusRuleSpec) int {
	// The name and the indent of each field, and durations at their longest.
	const perGroup, perRule = 200, 200

	size := len("groups: []\n")
	for _, g := range spec.Groups {
		size += perGroup + textBound(g.Name) + textBound(g.PartialResponseStrategy) + textsBound(g.Labels)
		size += durationBound(g.Interval) + durationBound(g.QueryOffset)
		for _, r := range g.Rules {
			size += perRule + textBound(r.Record) + textBound(r.Alert) + textBound(r.Expr.String())
			size += textsBound(r.Labels) + textsBound(r.Annotations)
			size += durationBound(r.For) + durationBound((*monitoringv1.Duration)(r.KeepFiringFor))
		}
	}
	return size
}

func durationBound(d *monitoringv1.Duration) int {
	if d == nil {
		return 0
	}
	return textBound(string(*d))
}

func textsBound(texts map[string]string) int {
	size := 0
	for name, text := range texts {
		size += textBound(name) + textBound(text)
	}
	return size
}

// textBound returns an upper bound of the size of a text: YAML breaks and indents lines,
// and writes some characters as escapes of up to ten bytes. In a text with a byte order
// mark it escapes every character.
func textBound(text string) int {
	size := 40 + 2*len(text)
	if strings.Contains(text, "\ufeff") {
		size += 4 * len(text)
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			size += 14
		}
	}
	return size
}
