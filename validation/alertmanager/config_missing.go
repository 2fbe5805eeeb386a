package alertmanager

import (
	"fmt"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// configMissing warns about a Secret without the configuration that the Alertmanager is meant to have.
var configMissing = validation.Check[*object]{
	ID: "config-missing", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The Secret has no configuration",
		Text: `Where the Secret that ` + "`spec.configSecret`" + ` names has no key ` + "`alertmanager.yaml`" + `, or an empty one, the operator (v0.93.0) uses a
configuration of its own: all alerts go to the receiver ` + "`null`" + `, which tells nobody. AlertmanagerConfig objects that the Alertmanager selects
are added to it.

What a Secret holds is known if it is read: ` + "`promgate lint`" + ` reads those among the files. An Alertmanager that selects objects and does not set
` + "`spec.configSecret`" + ` needs no Secret.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding {
		view := o.judged(s).Alertmanager
		if view == nil || !view.Fallback {
			return nil
		}
		place := validation.Place{Path: fieldpath.New("spec", "configSecret")}
		return []validation.Finding{place.Finding(fmt.Sprintf(
			"Secret %s has no configuration in alertmanager.yaml: the operator uses one whose receiver, null, tells nobody", view.Secret), "", view.Secret)}
	},
}
