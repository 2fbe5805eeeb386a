package alertmanager

import "github.com/promgate/promgate/validation"

// templateMissing warns about template files that are not there.
var templateMissing = validation.Check[*object]{
	ID: "template-missing", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A template file is not there",
		Text: `Alertmanager reads the files that match the paths in ` + "`templates`" + ` of its configuration, and does not mind if there are none:
each notification that calls a template of theirs fails then. In the pods of the operator (v0.93.0) the other keys of the Secret
with the configuration are in ` + "`/etc/alertmanager/config`" + `, the Secrets and ConfigMaps of ` + "`spec.secrets` and `spec.configMaps`" + `
in ` + "`/etc/alertmanager/secrets/NAME` and `/etc/alertmanager/configmaps/NAME`" + `. A relative path begins at
` + "`/etc/alertmanager/config_out`" + `, where no template is.

A file of ` + "`spec.alertmanagerConfiguration.templates`" + ` that is missing keeps the pods from starting.

What a Secret or ConfigMap holds is known if it is read: ` + "`promgate lint`" + ` reads those among the files. Directories that
` + "`spec.volumeMounts`" + ` mounts are not looked into. A pattern for all keys of the configuration's Secret may match none.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, m := range o.templates(s).Missing {
			found = append(found, validation.Place{Path: m.Field}.Finding(m.Reason, "", m.Reason))
		}
		return found
	},
}
