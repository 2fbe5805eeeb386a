package audit

import (
	"github.com/promgate/promgate/internal/report/format"
)

func (a *auditor) report() *format.Report {
	r := &format.Report{}
	for ref, found := range a.found {
		for _, f := range found {
			r.Findings = append(r.Findings, format.Located{Finding: f, Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name})
		}
	}
	for _, ref := range a.checked {
		r.Checked = append(r.Checked, format.Object{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name})
	}
	r.Summary = format.Summarize(r.Findings, r.Checked)
	r.Summary.Suppressed = a.suppressed
	return r
}
