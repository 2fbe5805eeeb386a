package relabel

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// RelabelAction is the check relabel-action.
var RelabelAction = validation.Check[Relabeling]{
	ID: "relabel-action", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A relabeling has an action that Prometheus does not know",
		Text: `Prometheus refuses its whole configuration for the sake of one unknown action. The actions
are ` + "`replace`, `keep`, `drop`, `hashmod`, `labelmap`, `labeldrop`, `labelkeep`, `lowercase`,\n`uppercase`, `keepequal` and `dropequal`" + `; without one, a relabeling replaces. Upper and lower
case are the same.

` + "`lowercase` and `uppercase` came with Prometheus 2.36, `keepequal` and `dropequal`" + ` with 2.41. For
an older one the operator leaves the whole object out, and only its log says so.

The API server knows the list too. An object that is checked in a file has not met it yet.`,
		Since: "v0.1.0",
	},
	Run: func(r Relabeling, s validation.Snapshot) []validation.Finding {
		action, known := r.action()
		if !known {
			return []validation.Finding{r.At("action").Finding(
				fmt.Sprintf("there is no action %q", r.Action), "write one of "+actionNames, r.Action)}
		}
		feature, young := actionSince[action]
		if !young || s.Prometheus.Has(feature) {
			return nil
		}
		return []validation.Finding{r.At("action").Finding(
			fmt.Sprintf("the action %q needs Prometheus %s, and this one is %s", r.Action, feature, s.Prometheus.Version),
			"upgrade Prometheus, or use another action", r.Action)}
	},
}

// actionSince is for the actions that came after the oldest version we meet.
var actionSince = map[relabel.Action]*since.Feature{
	relabel.Lowercase: since.CaseActions,
	relabel.Uppercase: since.CaseActions,
	relabel.KeepEqual: since.EqualActions,
	relabel.DropEqual: since.EqualActions,
}

var actionNames = strings.Join([]string{
	"replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase", "keepequal", "dropequal",
}, ", ")
