package alertmanager

import (
	"slices"

	"github.com/promgate/promgate/validation"
)

// alertmanagerArguments is about the command line of Alertmanager.
var alertmanagerArguments = validation.Check[*object]{
	ID: "alertmanager-arguments", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Alertmanager does not start with its arguments",
		Text: `The operator (v0.93.0) turns fields of the object into arguments of the command line, and appends
` + "`additionalArgs`" + `. promgate reads each argument with the parser that Alertmanager reads it with, for the flags that this
version has (v0.15 to v0.35). The container would end at once, again and again:

- a flag that the version does not have, or that is given twice; a value that the flag cannot read;
- ` + "`limits.maxPerSilenceBytes`" + `: the operator writes a flag that no Alertmanager has. Set
  ` + "`--silences.max-silence-size-bytes` in `additionalArgs`" + `;
- ` + "`web.timeout`" + `: the operator writes it without a unit. Set ` + "`--web.timeout` in `additionalArgs`, such as `30s`" + `;
- an ` + "`externalUrl`" + ` without http or https;
- a feature flag that the version does not know, or ` + "`classic-mode` with `utf8-strict-mode`" + `;
- since v0.34 a retention or an interval of 0; in a cluster those of the cluster, too;
- in a cluster, a ` + "`clusterAdvertiseAddress`" + ` that is no IP address with a port, and a peer without a port.

The configuration of the web server is judged as well: certificates that do not go together, TLS versions, cipher suites and
curves that do not exist, a CA for clients that are not asked for certificates.

An argument that the operator sets itself makes the operator stop: it updates nothing of the object any more. Set the field
of the object instead. An argument with ` + "`$(...)`" + `, which Kubernetes fills in, is not judged.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding {
		return slices.Clone(o.judged(s).Arguments)
	},
}
