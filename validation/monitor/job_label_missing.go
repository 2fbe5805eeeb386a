package monitor

import (
	"fmt"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

var jobLabelMissing = validation.Check[*Object]{
	ID: "job-label-missing", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "No selected Service has the label that names the job",
		Text: "`jobLabel`" + ` names a label of the Services, whose value becomes the label ` + "`job`" + ` of the series. The object
selects Services, but none of them has the label, so that the job is the name of the Service: what
queries the intended job finds nothing.

` + "`jobLabel`" + ` is the key of a label, not the name of the job. To set a name, use a relabeling:
` + "`{targetLabel: job, replacement: NAME}`" + `. The check is silent if one of the Services has the label, and if
one of them has the name that ` + "`jobLabel`" + ` gives: then the job has that name all the same.`,
		Since: "v0.1.0",
	},
	Run: func(_ *Object, s validation.Snapshot) []validation.Finding {
		u := s.Unlabeled
		if u == nil {
			return nil
		}
		services := "Service " + u.Service + ", which is selected, has"
		if u.Services > 1 {
			services = fmt.Sprintf("Service %s and the others that are selected, %d in all, have", u.Service, u.Services)
		}
		at := validation.Place{Path: fieldpath.New("spec", "jobLabel")}
		return []validation.Finding{at.Finding(fmt.Sprintf("%s no label %q: the job is the name of the Service", services, u.Label),
			"name a label that the Services have, or remove jobLabel", u.Label)}
	},
}
