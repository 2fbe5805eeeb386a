package monitor

import (
	"fmt"

	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

var copiedLabel = validation.Check[validation.Text]{
	ID: "copied-label", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A label of a Service or Pod has no name in Prometheus",
		Text: "For each entry of `targetLabels` and `podTargetLabels`" + ` the operator writes a relabeling that
copies the label of that name to the target. Characters that Prometheus does not allow in a name
become ` + "`_`" + `. For two kinds of names Prometheus still refuses its whole configuration:

- an empty name
- a name that begins with a digit, for Prometheus 2, and for 3.7 and later where ` + "`nameValidationScheme` is `Legacy`" + `;
  copy that label with a relabeling, under another name`,
		Since: "v0.1.0",
	},
	Run: func(l validation.Text, s validation.Snapshot) []validation.Finding {
		if l.Value == "" {
			return []validation.Finding{l.Finding("the name of a label is empty", "write the name of a label, or remove the entry", "")}
		}
		// prometheus-operator v0.93.0 and Prometheus' discovery alter names alike.
		name := relabeling.SanitizeLabelName(l.Value)
		if s.Prometheus.RelabelNames.Accept(relabel.Replace, name) {
			return nil
		}
		return []validation.Finding{l.Finding(
			fmt.Sprintf("%q begins with a digit, and Prometheus %s accepts no such label name", l.Value, s.Prometheus.Name),
			fmt.Sprintf("copy it with a relabeling instead: sourceLabels [%s%s], and a targetLabel that begins with a letter", metaOf(l), name), l.Value)}
	},
}

// metaOf is how the discovery names the labels of the list that an entry is in.
func metaOf(l validation.Text) string {
	if l.FieldName() == "targetLabels" {
		return "__meta_kubernetes_service_label_"
	}
	return "__meta_kubernetes_pod_label_"
}
