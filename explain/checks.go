package explain

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// said are the checks of which other steps say more.
var said = []string{"not-selected", "port-not-on-service", "duplicate-job", "duplicate-job-passes"}

// explainChecks is about what the webhooks say of the object.
func (e *explainer) explainChecks() error {
	e.section = "Checks"
	known, _ := selection.KindOf(e.object)
	at := slices.IndexFunc(e.reviewer.Kinds, func(k validation.Kind) bool { return k.GroupVersionKind == known.GroupVersionKind })
	if at < 0 {
		return nil
	}
	if e.ignoredBy() != "" {
		return nil
	}
	raw, err := json.Marshal(e.object)
	if err != nil {
		return fmt.Errorf("writing %s: %w", e.ref, err)
	}
	result, err := e.reviewer.Review(e.ctx, review.Request{
		Settings: e.Settings, Kind: e.reviewer.Kinds[at], Namespace: e.ref.Namespace, Name: e.ref.Name, Object: raw,
	})
	if err != nil {
		return fmt.Errorf("explaining %s: %w", e.ref, err)
	}
	defer result.Close(true)
	if result.Passed == review.Foreign {
		e.add(Step{ID: "checks", Answer: No, Text: e.uncheckedWords()})
		return nil
	}
	e.addFindings(slices.DeleteFunc(result.Findings, func(f validation.Finding) bool { return slices.Contains(said, f.Check) }))
	return nil
}

func (e *explainer) addFindings(found []validation.Finding) {
	warnings := 0
	for _, f := range found {
		if f.Severity == validation.Deny {
			e.denials = append(e.denials, f)
		} else {
			warnings++
		}
	}
	s := Step{ID: "checks", Answer: Yes, Text: "No check denies it", Findings: found}
	if len(e.denials) > 0 {
		e.denied = true
		s.Answer, s.Text = No, plural(len(e.denials), "check denies it", "checks deny it")
		s.problem = &problem{stageChecked, "a check denies it, because " + problemOf(found), fixOf(found)}
	}
	if warnings > 0 {
		s.Text += ", and " + plural(warnings, "check warns", "checks warn")
	}
	s.Text += "."
	e.add(s)
}

// unsaid returns the findings that the checks have not said.
func (e *explainer) unsaid(found []validation.Finding) []validation.Finding {
	var rest []validation.Finding
	for _, f := range found {
		same := func(d validation.Finding) bool { return d.Check == f.Check && d.Path.Equal(f.Path) }
		if !slices.ContainsFunc(e.denials, same) {
			rest = append(rest, f)
		}
	}
	return rest
}

// problemOf returns the problem of the first denial, with its field.
func problemOf(found []validation.Finding) string {
	f := firstDenial(found)
	if f.Path.IsZero() {
		return f.Problem
	}
	return f.Path.String() + ": " + f.Problem
}

func fixOf(found []validation.Finding) string { return firstDenial(found).Fix }

// firstDenial returns the first finding that denies, or else the first.
func firstDenial(found []validation.Finding) validation.Finding {
	for _, f := range found {
		if f.Severity == validation.Deny {
			return f
		}
	}
	if len(found) == 0 {
		return validation.Finding{}
	}
	return found[0]
}

// explainClashes is about the monitors that scrape the same targets under the same job of an
// instance.
func (e *explainer) explainClashes(i *instance) {
	monitor := jobs.MonitorOf(e.object)
	if monitor == nil {
		return
	}
	var refusing, passing []string
	for _, c := range e.model.Clashes(monitor) {
		if c.Prometheus != i.Name() || !e.DuplicateJobs.Includes(c.Scope) {
			continue
		}
		text := fmt.Sprintf("%s has the job %s as well", c.Rival.Ref, c.JobWords())
		if c.Scope == jobs.ScopeEndpoint {
			text = fmt.Sprintf("%s scrapes %s as well, under the job %s", c.Rival.Ref, c.Target, c.JobWords())
		}
		if why := c.Passes(); why != "" {
			passing = append(passing, text+"; "+why)
			continue
		}
		refusing = append(refusing, text)
	}
	severity := e.severityOf("duplicate-job")
	switch {
	case len(refusing) > 0 && severity != validation.Off:
		e.denied = e.denied || severity == validation.Deny
		e.no("sole-owner", "It is not the only one to scrape its targets.", problem{stageConfigured, refusing[0], "remove one of the two, or set another job, path or params"}, append(refusing, passing...)...)
	case len(passing) > 0:
		e.yes("sole-owner", "Others scrape its targets, and it comes first.", passing...)
	}
}

func (e *explainer) severityOf(check string) validation.Severity {
	for _, k := range e.reviewer.Kinds {
		for _, c := range k.Checks {
			if k.Kind == e.ref.Kind && c.ID == check {
				return e.Severity(c, e.view.Labels)
			}
		}
	}
	return validation.Off
}
