package monitor

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

var duplicateJob = validation.Check[*Object]{
	ID: "duplicate-job", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Another monitor scrapes the same target under the same job",
		Text: `One Prometheus selects both monitors, and both make it scrape the same port, scheme, path and
params of the same target under the same value of the label ` + "`job`" + `. It then gets each sample twice:
it drops one of the two as a duplicate, or sums count both.

The message names the other monitor. Remove one of the two, or make them differ:

- another ` + "`path` or other `params`" + `, if the target has more than one page of metrics;
- another job, with a relabeling: ` + "`{targetLabel: job, replacement: NAME}`" + `;
- for Probes and ScrapeConfigs, another label: their static targets are the same only if they end
  up with the same labels, after all relabelings;
- labels, so that only one of the two is selected by that Prometheus;
- a narrower selector, where each is of another release of the same chart, and each selects what is of
  both: add a label that only one release's objects have, such as ` + "`app.kubernetes.io/instance: RELEASE`" + `.

This is the scope ` + "`endpoint`" + ` of ` + "`duplicateJobs.scope`" + ` in the configuration, as installed. In the scope
` + "`namespace`" + ` a job has one owner in each namespace of a Prometheus, no matter what the two scrape; in the
scope ` + "`prometheus`" + ` it has only one owner. The check job-shared warns about what a stricter scope would
refuse.

The check ignores jobs whose name depends on what promgate does not know, such as a label of pods. It
also ignores monitors that are being deleted, and monitors of the same Helm release, Argo CD
application or Flux object: those tools create before they delete.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		return o.clashes(s, func(c jobs.Clash) bool { return c.Refuses(s.Scope) })
	},
}

var duplicateJobPasses = validation.Check[*Object]{
	ID: "duplicate-job-passes", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Another monitor scrapes the same target, and this one is admitted",
		Text: `The same as duplicate-job, except that this object is admitted: the other monitor is being
deleted, or is part of the same Helm release, Argo CD application or Flux object, or has the lower
precedence: a monitor in the namespace of the target precedes a monitor in another namespace, and
an older monitor precedes a younger one.

Until the other monitor is deleted, Prometheus gets each sample twice.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		return o.clashes(s, func(c jobs.Clash) bool { return s.Scope.Includes(c.Scope) && c.Passes() != "" })
	},
}

func (o *Object) clashes(s validation.Snapshot, counts func(jobs.Clash) bool) []validation.Finding {
	var found []validation.Finding
	for _, c := range s.Clashes {
		if c.Prometheus == s.Prometheus.Name && counts(c) {
			found = append(found, o.clash(c))
		}
	}
	return found
}

func (o *Object) clash(c jobs.Clash) validation.Finding {
	rival, job, passes := c.Rival.Ref, c.JobWords(), c.Passes()
	problem, fix := fmt.Sprintf("%s already scrapes %s, in namespace %s, under the same job (%s) of Prometheus %s", rival, c.Target, c.Namespace, job, c.Prometheus),
		"remove one of the two, or set another job, path or params"
	if instance := c.OwnInstance(); instance != "" && rival.Kind == o.kindWithSelector() {
		fix = fmt.Sprintf("the two belong to different releases: select only what belongs to this one, with app.kubernetes.io/instance: %s or another label that only it has in spec.selector; or %s", instance, fix)
	}
	if passes != "" {
		// What matters most comes first: a warning that is too long is cut at the end.
		problem = fmt.Sprintf("%s scrapes %s too, with the same job (%s) for Prometheus %s, in namespace %s", rival, c.Target, job, c.Prometheus, c.Namespace)
	}
	if c.Scope != jobs.ScopeEndpoint {
		problem, fix = fmt.Sprintf("%s already has the same job (%s)%s of Prometheus %s, which may have one owner there", rival, job, jobNamespace(c), c.Prometheus),
			"remove one of the two, or set another job"
	}
	f := o.endpoint(c.Endpoint()).Finding(problem, fix, "")
	if passes == "" {
		f.Clash = &c
	} else {
		f.Problem, f.Fix = "admitted, because "+passes+": "+problem, ""
	}
	f.Key = validation.Key(c.Prometheus, job, rival.String())
	return f
}

// kindWithSelector is the object's kind, if it selects Services or pods by labels.
func (o *Object) kindWithSelector() string {
	switch o.Raw.(type) {
	case *monitoringv1.ServiceMonitor:
		return monitoringv1.ServiceMonitorsKind
	case *monitoringv1.PodMonitor:
		return monitoringv1.PodMonitorsKind
	}
	return ""
}

// jobNamespace says where the job is that two monitors share.
func jobNamespace(c jobs.Clash) string {
	if c.Scope == jobs.ScopeNamespace {
		return " in namespace " + c.Namespace
	}
	return ""
}

// endpoint is the place of an endpoint, or of the whole where there are none.
func (o *Object) endpoint(i int) validation.Place {
	if i < len(o.Scrapes) {
		return o.Scrapes[i].Place
	}
	return validation.Place{Path: fieldpath.New("spec")}
}
