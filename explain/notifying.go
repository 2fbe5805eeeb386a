package explain

import (
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/alertpath"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/selection"
)

// isGlobal reports whether an Alertmanager names the object as its global AlertmanagerConfig.
func (e *explainer) isGlobal(i *instance) bool {
	return i.Selectors.Names(e.ref.Kind, e.ref.Namespace, e.ref.Name)
}

// explainNotifying is about what becomes of an AlertmanagerConfig in the configuration of an Alertmanager that selects it.
func (e *explainer) explainNotifying(i *instance) {
	n, err := render.Alertmanager(e.model, i.Instance, e.assetsOf(""))
	if err != nil {
		e.no("included", "The Alertmanager has no configuration from the operator, or keeps an older one: "+err.Error()+".", problem{
			stageConfigured, fmt.Sprintf("the configuration of %s cannot be used: %s", i.Ref, err), "correct that first",
		})
		return
	}
	if at := slices.IndexFunc(n.LeftOut, func(l render.NotUsed) bool { return l.Ref == e.ref }); at >= 0 {
		e.explainNotUsed(i, n.LeftOut[at])
		return
	}
	i.included = true
	var details []string
	for _, r := range n.Config.Receivers {
		origin, ok := n.Origin(r.Name)
		if !ok || origin.Object != e.ref {
			continue
		}
		i.receivers = append(i.receivers, r.Name)
		words := "without integrations: it tells nobody"
		if integrations := alertpath.IntegrationsOf(&r); len(integrations) > 0 {
			words = list(integrations, len(integrations))
		}
		details = append(details, fmt.Sprintf("%s: %s", r.Name, words))
	}
	text := "It is in the configuration, with no receiver."
	if len(i.receivers) > 0 {
		text = fmt.Sprintf("It is in the configuration, with %s.", plural(len(i.receivers), "receiver", "receivers"))
	}
	if !n.Known {
		text += " What " + n.Base + " says besides is not known."
	}
	e.yes("included", text, details...)
	e.explainStrategy(i)
}

func (e *explainer) explainNotUsed(i *instance, left render.NotUsed) {
	if e.denied {
		e.add(Step{ID: "included", Answer: No, Text: "The operator leaves it out, because of what the checks say."})
		return
	}
	first := left.Reasons[0]
	var details []string
	for _, r := range left.Reasons {
		details = append(details, fmt.Sprintf("%s: %s", r.Field, r.Reason))
	}
	e.no("included", "The operator leaves it out.", problem{
		stageConfigured, fmt.Sprintf("the operator leaves it out of %s, because of %s: %s", i.Ref, first.Field, first.Reason), "correct that",
	}, details...)
}

// explainStrategy is about the alerts that the routes and inhibit rules of the object are for.
func (e *explainer) explainStrategy(i *instance) {
	a, ok := i.Object.(*monitoringv1.Alertmanager)
	if !ok || e.isGlobal(i) {
		return
	}
	strategy := a.Spec.AlertmanagerConfigMatcherStrategy.Type
	if strategy == "" {
		strategy = monitoringv1.OnNamespaceConfigMatcherStrategyType
	}
	switch {
	case strategy == monitoringv1.NoneConfigMatcherStrategyType:
		e.yes("matchers", "Its routes and inhibit rules are for all alerts (alertmanagerConfigMatcherStrategy None).")
	case strategy == monitoringv1.OnNamespaceExceptForAlertmanagerNamespaceConfigMatcherStrategyType && a.Namespace == e.ref.Namespace:
		e.yes("matchers", fmt.Sprintf("Its routes and inhibit rules are for all alerts, because it is in the namespace of the Alertmanager (alertmanagerConfigMatcherStrategy %s).", strategy))
	default:
		e.yes("matchers", fmt.Sprintf("Its routes and inhibit rules are for alerts with namespace=%q alone, which the operator adds as a matcher (alertmanagerConfigMatcherStrategy %s).", e.ref.Namespace, strategy))
	}
	if hasRoute(e.object) {
		return
	}
	s := Step{ID: "routed", Answer: No, Text: "It has no route: the operator uses nothing but its inhibit rules."}
	if !hasInhibitRules(e.object) {
		s.problem = &problem{stageConfigured, "it has no route, so that none of its receivers is told of anything", "add spec.route"}
	}
	e.add(s)
}

// explainGenerated is about whether the operator has written the receivers.
func (e *explainer) explainGenerated(i *instance) Answer {
	name := "alertmanager-" + i.Ref.Name + "-generated"
	text, answer := e.writtenIn(i, name, "alertmanager.yaml.gz")
	if answer != Yes {
		return answer
	}
	var written struct {
		Receivers []struct {
			Name string `yaml:"name"`
		} `yaml:"receivers"`
	}
	if err := yaml.Unmarshal(text, &written); err != nil {
		e.unknown("written", fmt.Sprintf("The configuration in Secret %s/%s cannot be read: %v.", i.Ref.Namespace, name, err))
		return Unknown
	}
	names := map[string]bool{}
	for _, r := range written.Receivers {
		names[r.Name] = true
	}
	for _, receiver := range i.receivers {
		if !names[receiver] {
			e.notWritten(i, fmt.Sprintf("Secret %s/%s, which the operator writes, does not have the receiver %s.", i.Ref.Namespace, name, receiver))
			return No
		}
	}
	e.yes("written", fmt.Sprintf("The operator has written it into Secret %s/%s.", i.Ref.Namespace, name))
	return Yes
}

// hasRoute reports whether an AlertmanagerConfig, of either version, has a route.
func hasRoute(object selection.Object) bool {
	switch o := object.(type) {
	case *monitoringv1alpha1.AlertmanagerConfig:
		return o.Spec.Route != nil
	case *monitoringv1beta1.AlertmanagerConfig:
		return o.Spec.Route != nil
	}
	return false
}

func hasInhibitRules(object selection.Object) bool {
	switch o := object.(type) {
	case *monitoringv1alpha1.AlertmanagerConfig:
		return len(o.Spec.InhibitRules) > 0
	case *monitoringv1beta1.AlertmanagerConfig:
		return len(o.Spec.InhibitRules) > 0
	}
	return false
}
