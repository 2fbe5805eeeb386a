package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/alertpath"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/promql/resultlabels"
	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/selection"
)

// A Notification is a receiver that is told of the alert, or that may be.
type Notification struct {
	// Instance evaluates the rule, and Alertmanager gets the alert.
	Instance, Alertmanager selection.Ref

	// Receiver is the name in the configuration of Alertmanager. If it is that of an AlertmanagerConfig, Object is that object, and
	// Name the name there.
	Receiver string
	Object   selection.Ref
	Name     string

	// Integrations are how it is told: webhook, email. Without any, nobody is told.
	Integrations []string

	// Certain reports that it is told whatever is not known.
	Certain bool
}

// An alert is a rule of the alert that is explained.
type alert struct {
	rule  *monitoringv1.Rule
	place string // group G, rule 1
	group int
	at    int
}

// explainAlert is about who is told of an alert.
func (e *explainer) explainAlert() {
	rule, ok := e.object.(*monitoringv1.PrometheusRule)
	if !ok || e.Alert == "" {
		return
	}
	alerts, others := e.alertsOf(rule)
	e.section = "Alert " + e.Alert
	if len(alerts) == 0 {
		e.told = No
		e.noAlert(others)
		return
	}
	for _, a := range alerts {
		e.section = "Alert " + e.Alert
		if len(alerts) > 1 {
			e.section += ", " + a.place
		}
		e.explainDefinition(a)
		for _, i := range e.instances {
			if i.included {
				e.explainPath(i, rule, a)
			}
		}
	}
	e.decideTold()
}

// alertsOf returns the rules of the alert, and the names of the other alerts.
func (e *explainer) alertsOf(rule *monitoringv1.PrometheusRule) (alerts []alert, others []string) {
	for g := range rule.Spec.Groups {
		group := &rule.Spec.Groups[g]
		for r := range group.Rules {
			switch name := group.Rules[r].Alert; name {
			case "":
			case e.Alert:
				alerts = append(alerts, alert{rule: &group.Rules[r], place: fmt.Sprintf("group %s, rule %d", group.Name, r+1), group: g, at: r})
			default:
				others = append(others, name)
			}
		}
	}
	return alerts, others
}

func (e *explainer) noAlert(others []string) {
	fix := "it has no alerts at all"
	if len(others) > 0 {
		fix = "its alerts are " + list(others, maxListed)
	}
	e.no("alert-defined", "No rule of the object has this alert.", problem{stageExists, fmt.Sprintf("%s has no alert %s", e.ref, e.Alert), fix})
}

// explainDefinition is about the rule itself.
func (e *explainer) explainDefinition(a alert) {
	when := "as soon as its expression returns series"
	if a.rule.For != nil && *a.rule.For != "" && *a.rule.For != "0s" {
		when = "once its expression has returned series for " + string(*a.rule.For)
	}
	e.yes("alert-defined", fmt.Sprintf("%s defines it. It fires %s.", capital(a.place), when))
}

// explainPath is about the way of the alert from one instance.
func (e *explainer) explainPath(i *instance, rule *monitoringv1.PrometheusRule, a alert) {
	e.section = fmt.Sprintf("What %s does with it", i.Ref)
	if ruler, ok := i.Object.(*monitoringv1.ThanosRuler); ok {
		e.explainRulerPath(i, ruler)
		return
	}
	p, ok := i.Object.(*monitoringv1.Prometheus)
	if !ok {
		return
	}
	s, unread := e.sending(i, p)
	if s == nil {
		return
	}
	labels, err := labelsOf(s.Generator, s.Generator.RuleFile(rule), a)
	if err != nil {
		e.unknown("alert-labels", "Which labels the alert has is not known: "+err.Error()+".")
		return
	}
	sent, outcome := labels.Sent(s.External, s.Alerting.AlertRelabelConfigs)
	if unread != "" {
		sent, outcome = alertpath.Anything(), relabeling.Uncertain
		e.unknown("alert-labels", "Which labels it has is not known, and whether relabeling drops it: "+unread+".")
	} else if !e.explainLabelsOf(i, sent, outcome) {
		return
	}
	e.explainEntries(i, p, s, destination{labels: sent, certain: outcome == relabeling.Passes && !i.missing})
}

// explainLabelsOf is about the labels with which an instance sends the alert. It reports whether it sends it.
func (e *explainer) explainLabelsOf(i *instance, l alertpath.Labels, outcome relabeling.Outcome) bool {
	if outcome == relabeling.Drops {
		e.no("alert-labels", "Its alert relabeling drops the alert: it is sent to no Alertmanager.", problem{
			stageTold, fmt.Sprintf("the alert relabeling of %s drops the alert", i.Ref), "correct spec.additionalAlertRelabelConfigs, if somebody should be told of it",
		})
		return false
	}
	var details []string
	for _, name := range l.Open() {
		details = append(details, name+": "+valueWords(l, name))
	}
	if l.Others() {
		details = append(details, "other labels of the series, which depend on the data")
	}
	var certain []string
	for name, value := range l.Certain() {
		certain = append(certain, fmt.Sprintf("%s=%s", name, value))
	}
	slices.Sort(certain)
	text := "No label of the alert is certain."
	if len(certain) > 0 {
		text = fmt.Sprintf("It sends the alert with %s.", list(certain, len(certain)))
	}
	e.yes("alert-labels", text, details...)
	if outcome == relabeling.Uncertain {
		e.unknown("alert-relabeled", "Whether its alert relabeling drops the alert depends on labels that are not known before.")
	}
	return true
}

// valueWords says which values a label can have.
func valueWords(l alertpath.Labels, name string) string {
	values, known := l.Of(name)
	if !known {
		return "any value, or none"
	}
	var words []string
	lacking := false
	for _, value := range values {
		if value == "" {
			lacking = true
			continue
		}
		words = append(words, value)
	}
	if lacking {
		words = append(words, "none")
	}
	return strings.Join(words, ", or ")
}

// labelsOf returns the labels of an alert, by the rule file that the operator writes for the instance.
func labelsOf(g *promconfig.Generator, file promconfig.RuleFile, a alert) (alertpath.Labels, error) {
	if len(file.Rejections) > 0 {
		return alertpath.Labels{}, errors.New(file.Rejections[0].Reason)
	}
	var spec monitoringv1.PrometheusRuleSpec
	if err := yaml.Unmarshal(file.Content, &spec); err != nil {
		return alertpath.Labels{}, fmt.Errorf("reading the rule file: %w", err)
	}
	group := spec.Groups[a.group]
	rule := group.Rules[a.at]
	return alertpath.OfRule(alertpath.Rule{ //nolint:wrapcheck // it says what failed
		Alert: rule.Alert, Expr: rule.Expr.String(), Labels: rule.Labels, GroupLabels: group.Labels,
	}, g.PromQL(), resultlabels.Options{DelayedNameRemoval: slices.Contains(g.Features(), "promql-delayed-name-removal")})
}
