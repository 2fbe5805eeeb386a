package relabel

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// JobInstanceEmptied is the check job-instance-emptied.
var JobInstanceEmptied = validation.Check[Relabelings]{
	ID: "job-instance-emptied", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The relabelings of targets empty job or instance",
		Text: `Prometheus treats the two labels differently, once the relabelings of a target are done:

- It does not set ` + "`job`" + ` again. ` + "`up`" + ` and all other series of the target have no job, and a query or an alert that
  selects by the job misses them.
- It sets an empty ` + "`instance` to `__address__`" + `. A relabeling that removes the label has no effect, and in a
  Probe the address is that of the prober, the same for each target.

The check warns only where a label is certainly empty after the last relabeling. To remove a label from the samples,
use ` + "`metricRelabelings`" + `: the target keeps it, and so do ` + "`up`" + ` and the other series about the scrape. The check is silent
with ` + "`honorLabels`" + `, where the samples may bring their own.`,
		Since: "v0.1.0",
	},
	Run: func(list Relabelings, _ validation.Snapshot) []validation.Finding {
		if list.HonorLabels {
			return nil
		}
		var found []validation.Finding
		for _, label := range []string{model.JobLabel, model.InstanceLabel} {
			if r, address, emptied := list.empties(label); emptied {
				found = append(found, r.emptied(label, address))
			}
		}
		return found
	},
}

// empties returns the relabeling that leaves a label of all targets empty for good, and the address
// of all targets, if it is known and the same. It returns none if another check reports the reason.
func (r Relabelings) empties(label string) (culprit Relabeling, address string, emptied bool) {
	known := r.known()
	for _, one := range r.Each() {
		before := known.AbsentHere(label)
		why, _ := r.absentSource(one, known)
		if known.Apply(&one.RelabelConfig) == relabeling.Drops || one.takesAway([]string{model.AddressLabel}) != "" {
			return Relabeling{}, "", false // nothing is left
		}
		if !relabeling.MayWrite(&one.RelabelConfig, label) {
			continue
		}
		switch {
		case !known.AbsentHere(label):
			emptied = false
		case !emptied && (label == model.InstanceLabel || !before):
			culprit, emptied = one, why == ""
		}
	}
	if action, _ := culprit.action(); action == relabel.LabelKeep && label == model.InstanceLabel {
		return Relabeling{}, "", false // it does not ask for an empty instance
	}
	if values, isKnown := known.Of(model.AddressLabel); isKnown && len(values) == 1 {
		address = values[0]
	}
	return culprit, address, emptied
}

func (r Relabeling) emptied(label, address string) validation.Finding {
	problem := "it leaves the label job of each target empty: up and all other series have no job"
	if label == model.InstanceLabel {
		problem = "it has no lasting effect: Prometheus sets an empty instance to __address__ after the relabelings"
		if address != "" {
			problem += fmt.Sprintf(", which is %q for each target", address)
		}
	}
	var fix string
	switch action, _ := r.action(); {
	case action == relabel.LabelKeep:
		fix = fmt.Sprintf("let the regex match %s too", label)
	case action == relabel.LabelDrop:
		fix = fmt.Sprintf("write a regex that does not match %s; metricRelabelings remove the label from samples", label)
	case slices.Contains(r.reads(), label):
		fix = "write a regex and a replacement that leave a value"
	default:
		fix = "set a value that is not empty; metricRelabelings remove the label from samples"
	}
	return r.Finding(problem, fix, validation.Key(r.ActionName(), label, r.TargetLabel))
}
