package monitor

import (
	"fmt"

	"github.com/promgate/promgate/internal/fieldpath"
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
- labels, so that this Prometheus selects only one of the two.

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
		return o.clashes(s, func(c validation.Clash) bool { return c.Refuses() })
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
		return o.clashes(s, func(c validation.Clash) bool { return !c.Lax && c.Passes != "" })
	},
}

func (o *Object) clashes(s validation.Snapshot, counts func(validation.Clash) bool) []validation.Finding {
	var found []validation.Finding
	for _, c := range s.Clashes {
		if c.Prometheus == s.Prometheus.Name && counts(c) {
			found = append(found, o.clash(c))
		}
	}
	return found
}

func (o *Object) clash(c validation.Clash) validation.Finding {
	problem, fix := fmt.Sprintf("%s already scrapes %s, in namespace %s, under the same job (%s) of Prometheus %s", c.Rival, c.Target, c.Namespace, c.Job, c.Prometheus),
		"remove one of the two, or set another job, path or params"
	if c.Passes != "" {
		// The most important part comes first: a warning that is too long is cut at its end.
		problem = fmt.Sprintf("%s scrapes %s too, with the same job (%s) for Prometheus %s, in namespace %s", c.Rival, c.Target, c.Job, c.Prometheus, c.Namespace)
	}
	if c.Scope != validation.ScopeEndpoint {
		problem, fix = fmt.Sprintf("%s already has the same job (%s)%s of Prometheus %s, which may have one owner there", c.Rival, c.Job, namespaceClause(c), c.Prometheus),
			"remove one of the two, or set another job"
	}
	f := o.endpoint(c.Endpoint).Finding(problem, fix, "")
	if c.Passes == "" {
		f.Clash = &c
	} else {
		f.Problem, f.Fix = "let in, as "+c.Passes+": "+problem, ""
	}
	f.Key = validation.Key(c.Prometheus, c.Job, c.Rival.String())
	return f
}

// namespaceClause names the namespace in which two monitors share a job.
func namespaceClause(c validation.Clash) string {
	if c.Scope == scopeNamespace {
		return " in namespace " + c.Namespace
	}
	return ""
}

// scopeNamespace is the scope of a clash over a job in one namespace.
const scopeNamespace = "namespace"

// endpoint returns the place of an endpoint, or that of the spec if the object has no
// endpoints.
func (o *Object) endpoint(i int) validation.Place {
	if i < len(o.Scrapes) {
		return o.Scrapes[i].Place
	}
	return validation.Place{Path: fieldpath.New("spec")}
}
