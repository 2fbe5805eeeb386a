package jobs

import (
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
)

const jobLabel = "job"

// relabel returns the job after a relabeling.
func (j Job) relabel(r *monitoringv1.RelabelConfig) Job {
	if !relabeling.MayWrite(r, jobLabel) {
		return j
	}
	if action, _ := relabeling.ActionOf(r); action != relabel.Replace || r.TargetLabel != jobLabel {
		return Job{}
	}
	if len(r.SourceLabels) == 0 {
		return j.replaceNothing(r)
	}
	if !relabeling.MatchesAll(r) || strings.Contains(relabeling.ReplacementOf(r), "$") {
		return Job{}
	}
	return Job{Constant: *r.Replacement} // an empty one deletes the label: there is no job
}

// replaceNothing returns the job after a relabeling without source labels. Its outcome is the
// same for every target: it may set a constant, or change nothing.
func (j Job) replaceNothing(r *monitoringv1.RelabelConfig) Job {
	replacement := relabeling.ReplacementOf(r)
	if relabeling.MatchesAll(r) && !strings.Contains(replacement, "$") {
		return Job{Constant: replacement}
	}
	re, err := relabeling.CompileRegex(relabeling.RegexOf(r))
	if err != nil {
		return Job{}
	}
	found := re.FindStringSubmatchIndex("")
	if found == nil {
		return j
	}
	return Job{Constant: string(re.ExpandString(nil, replacement, "", found))}
}
