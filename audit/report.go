package audit

import (
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
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

// unusable reports an instance whose selectors cannot be used.
func (a *auditor) unusable(ref selection.Ref, err error) {
	if !a.reports(ref.Namespace) {
		return
	}
	f := validation.Place{}.Finding(err.Error(), "fix the selector", err.Error())
	f.Check, f.Severity = file.UnusableInstance, validation.Deny
	a.found[ref] = append(a.found[ref], f)
}
