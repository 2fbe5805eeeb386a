package upgrade

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// At returns a Prometheus or PrometheusAgent as one of another version. It returns every other object as it is,
// and changes none. With an empty version every object stays as it is.
func At(o selection.Object, version string) selection.Object {
	if version == "" {
		return o
	}
	switch o := o.(type) {
	case *monitoringv1.Prometheus:
		other := o.DeepCopy()
		other.Spec.Version = version
		return other
	case *monitoringv1alpha1.PrometheusAgent:
		other := o.DeepCopy()
		other.Spec.Version = version
		return other
	}
	return o
}

// New returns the findings of a report that another report of the same objects does not have, or has as a mere
// warning. The summary counts those alone, and its note says how many were there before.
func New(before, after format.Report) format.Report {
	old := map[identity][]validation.Severity{}
	for _, l := range before.Findings {
		old[identityOf(l)] = append(old[identityOf(l)], l.Finding.Severity)
	}
	r := format.Report{Checked: after.Checked}
	for _, l := range after.Findings {
		id := identityOf(l)
		if had := old[id]; len(had) > 0 {
			old[id] = had[1:]
			if had[0] == validation.Deny || l.Finding.Severity != validation.Deny {
				continue
			}
		}
		r.Findings = append(r.Findings, l)
	}
	r.Summary = format.Summarize(r.Findings, r.Checked)
	r.Summary.Suppressed, r.Summary.Note = after.Summary.Suppressed, after.Summary.Note
	switch known := len(after.Findings) - len(r.Findings); known {
	case 0:
	case 1:
		r.Summary.Note = "not shown: a finding that is there already; promgate lint or promgate audit shows it"
	default:
		r.Summary.Note = fmt.Sprintf("not shown: %d findings that are there already; promgate lint or promgate audit shows them", known)
	}
	return r
}

// Merge adds to a report what changes its meaning: the findings of the checks of this package in another report of the
// same objects.
func Merge(r, changes format.Report) format.Report {
	ours := map[string]bool{}
	for _, c := range Checks() {
		ours[c.ID] = true
	}
	var found []format.Located
	for _, l := range changes.Findings {
		if ours[l.Finding.Check] {
			found = append(found, l)
		}
	}
	note, suppressed := r.Summary.Note, r.Summary.Suppressed
	r.Findings = append(r.Findings, summarize(found)...)
	r.Summary = format.Summarize(r.Findings, r.Checked)
	r.Summary.Note, r.Summary.Suppressed = note, suppressed
	return r
}

// identity is what a finding has in every report, whatever the version is.
type identity struct{ file, kind, namespace, name, check, path, key string }

func identityOf(l format.Located) identity {
	return identity{l.File, l.Kind, l.Namespace, l.Name, l.Finding.Check, l.Finding.Path.String(), l.Finding.Key}
}
