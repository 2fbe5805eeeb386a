package part

import "github.com/promgate/promgate/validation"

// Configuration is the judge's own verdict. It speaks last, and only of what none of the other
// checks names, even if that is switched off: what a user lets through by its name is not held back
// by another. Refused returns what the judge refuses of a part and the findings before do not name.
func Configuration[T any](refused func(part T, s validation.Snapshot, before func() []validation.Finding) []validation.Finding) validation.Check[T] {
	return validation.Check[T]{
		ID: "configuration", Severity: validation.Deny,
		Doc: validation.Doc{
			Title: "Prometheus would refuse its configuration",
			Text: `promgate generates the configuration that the operator would generate for the object, and
loads it with Prometheus' own code. Here Prometheus refuses it, and no other check explains why
in better words: the message is the loader's.

With such an object Prometheus refuses its whole configuration: it keeps running with the old
one, and cannot restart. If several Prometheus objects select a monitor, it is enough that one
of them would refuse. Of a Prometheus or PrometheusAgent object everything that it configures itself
is judged, by its own version: the global section, remote write and read, alerting, storage, scrape classes.

The webhooks do not read the Secrets and ConfigMaps that the object refers to. Audit, render and the
loop do, and report here what is wrong with their content. Where Prometheus loads it and requests
fail, because of a token that cannot be sent or an expired certificate, that is a warning.

For each finding of this check, promgate should have a check of its own. The metric
` + "`promgate_findings_total{check=\"configuration\"}`" + ` counts them; please report them.`,
			Since: "v0.1.0",
		},
		RunLast: refused,
	}
}
