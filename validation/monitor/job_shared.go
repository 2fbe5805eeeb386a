package monitor

import (
	"fmt"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

var jobShared = validation.Check[*Object]{
	ID: "job-shared", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Another monitor has the same job",
		Text: `One Prometheus selects both monitors, and both give targets the same value of the label ` + "`job`" + `.
They do not scrape the same target, so that Prometheus gets no sample twice, but everything that uses
the job mixes the two: an alert on ` + "`up{job=\"web\"}`" + `, a rate by job, a dashboard. If that is intended, there
is nothing to do.

To separate the two, set another job, with a relabeling: ` + "`{targetLabel: job, replacement: NAME}`" + `, or
` + "`jobName`" + ` of a Probe or ScrapeConfig.

The message says which ` + "`duplicateJobs.scope`" + ` in the configuration would refuse the object: ` + "`namespace`" + ` if both
have targets of the job in one namespace, else ` + "`prometheus`" + `. It names up to three monitors, at most one
of which has the job in other namespaces only. It does not name monitors that are being deleted, that
are part of the same Helm release, Argo CD application or Flux object, or that have the lower
precedence. The check ignores jobs whose name depends on what promgate does not know, such as a label
of pods.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, c := range namedShares(s) {
			if c.Prometheus != s.Prometheus.Name {
				continue
			}
			f := o.endpoint(c.Endpoint()).Finding(fmt.Sprintf("%s has the same job (%s)%s of Prometheus %s; scope %s would refuse it", c.Rival.Ref, c.JobWords(), jobNamespace(c), c.Prometheus, c.Scope),
				"set another job", "")
			f.Clash = &c
			f.Key = validation.Key(c.Prometheus, c.JobWords(), c.Rival.String())
			found = append(found, f)
		}
		return found
	},
}

const (
	maxShares          = 3 // an answer has room for few warnings
	maxSharesElsewhere = 1
)

// namedShares are the shares that are named: one for each rival, whichever Prometheus
// objects it is for, and none for a rival of which more is said elsewhere.
func namedShares(s validation.Snapshot) []jobs.Clash {
	said := map[selection.Ref]bool{}
	for _, c := range s.Clashes {
		if s.Scope.Includes(c.Scope) {
			said[c.Rival.Ref] = true
		}
	}
	var named []jobs.Clash
	elsewhere := 0
	for _, c := range s.Clashes {
		if s.Scope.Includes(c.Scope) || c.Passes() != "" || said[c.Rival.Ref] {
			continue
		}
		if c.Scope != jobs.ScopeNamespace {
			elsewhere++
		}
		if len(named) == maxShares || elsewhere > maxSharesElsewhere {
			break
		}
		said[c.Rival.Ref] = true
		named = append(named, c)
	}
	return named
}
