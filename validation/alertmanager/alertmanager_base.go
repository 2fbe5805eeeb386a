package alertmanager

import "github.com/promgate/promgate/validation"

// alertmanagerBase is the judge's verdict on what an Alertmanager starts from.
var alertmanagerBase = validation.Check[*object]{
	ID: "alertmanager-base", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The Alertmanager cannot be configured",
		Text: `The operator (v0.93.0) starts from the configuration in the Secret that ` + "`spec.configSecret`" + ` names, or from
` + "`spec.alertmanagerConfiguration`" + `, and adds the AlertmanagerConfig objects that the Alertmanager selects. Here it
cannot: the version is none that it supports, or Alertmanager's own loader (v0.35.0) refuses what is there already. For an older
Alertmanager the table of its keys, read from the sources of 21 releases, says which keys it does not know, and refuses. Where
` + "`spec.image`" + ` names another version than ` + "`spec.version`" + `, which is that of the operator if it is not set, that is not asked.

The HTTP clients of the receivers are made as well, because Alertmanager refuses a configuration if one cannot be made: with a CA that is no
certificate, for one.

Where it adds objects, the operator reads the Secret with types of its own, strictly: a key that they do not have, such as
` + "`tracing`" + ` or ` + "`labels`" + ` of a receiver, keeps it from writing a configuration for any object, although Alertmanager knows it.

The webhooks do not read the Secret. ` + "`promgate lint`" + ` reads it if it is among the files, and neither encrypted nor a
text in which another program puts values, such as ` + "`${NAME}`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding {
		return o.judged(s).Refused
	},
}
