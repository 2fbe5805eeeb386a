package explain

import (
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/alertpath"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
)

// explainAlertmanager is about what an Alertmanager does with the alert.
func (e *explainer) explainAlertmanager(i *instance, of *cluster.Instance, ways []destination) {
	e.section = fmt.Sprintf("What %s does with it", of.Ref)
	if of.Err == nil && !e.Operator.Manages(of.Ref.Kind, of.Object) {
		e.untold = true
		e.unknown("alertmanager-configured", "Its configuration is not known: the operator does not manage it.")
		return
	}
	if !e.explainRunning(of) {
		return
	}
	n, err := render.Alertmanager(e.model, of, e.assetsOf(""))
	if err != nil {
		e.untold = true
		e.no("alertmanager-configured", "It has no configuration from the operator, or keeps an older one: "+err.Error()+".", problem{
			stageTold, fmt.Sprintf("the configuration of %s cannot be used: %s", of.Ref, err), "correct that first",
		})
		return
	}
	if why := e.noBase(n); why != "" {
		e.no("alertmanager-configured", "The operator writes no configuration for it: "+why+".", problem{stageTold, fmt.Sprintf("%s has no configuration: %s", of.Ref, why), "correct that first"})
		return
	}
	e.explainWhole(n)
	all := e.explainUnreadConfigs(of)
	for w, d := range ways {
		if w > 0 && sameLabels(d.labels, ways[0].labels) && d.certain == ways[0].certain {
			continue
		}
		v := alertpath.Follow(n.Config, d.labels)
		if v.TooMany {
			e.unknown("told", "Its routes depend on so many labels that any of its receivers may be told.")
			e.untold = true
			continue
		}
		for _, told := range v.Notifications {
			e.explainTold(i, of, n, told, d.certain && (all || !told.Root))
		}
		for _, inhibition := range v.Inhibitions {
			e.explainInhibition(inhibition)
		}
	}
}

// explainRunning reports whether an Alertmanager has the configuration that its object means, and takes alerts.
func (e *explainer) explainRunning(of *cluster.Instance) bool {
	a, ok := of.Object.(*monitoringv1.Alertmanager)
	switch {
	case !ok:
	case a.Spec.Paused:
		e.untold = true
		e.unknown("alertmanager-configured", "Its configuration is not known: spec.paused is true, so that the operator writes none.")
		return false
	case a.Spec.Replicas != nil && *a.Spec.Replicas == 0:
		e.no("alertmanager-configured", "It has no pods: spec.replicas is 0.", problem{stageTold, of.Ref.String() + " has no pods, because spec.replicas is 0", "set spec.replicas, if somebody should be told of the alert"})
		return false
	case a.Spec.ListenLocal:
		e.untold = true
		e.unknown("alertmanager-configured", "Whether the alert reaches it is not known: with spec.listenLocal it takes alerts from inside its pods alone.")
		return false
	}
	return true
}

// explainWhole is about the configuration of an Alertmanager.
func (e *explainer) explainWhole(n *render.Notifications) {
	var details []string
	for _, left := range n.LeftOut {
		details = append(details, fmt.Sprintf("the operator leaves out %s: %s: %s", left.Ref, left.Reasons[0].Field, left.Reasons[0].Reason))
	}
	text := "Its configuration is that of " + n.Base
	if count := len(n.Selected); count > 0 {
		text += ", with " + plural(count, "AlertmanagerConfig", "AlertmanagerConfigs")
	}
	if n.Known {
		e.yes("alertmanager-configured", text+".", details...)
		return
	}
	e.untold = true
	e.unknown("alertmanager-configured", text+". What "+n.Base+" says is not known, and whom its routes tell.", details...)
}

// explainUnreadConfigs reports whether all AlertmanagerConfigs are known. Each of their routes lets the alert go on to the next one, so that
// one more makes a difference for the root route alone.
func (e *explainer) explainUnreadConfigs(of *cluster.Instance) bool {
	const kind = monitoringv1alpha1.AlertmanagerConfigKind
	why := e.unreadIn(kind, "")
	if why == "" || e.Unread[kind].Missing || !of.Selectors.Has(kind) {
		return true
	}
	e.untold = true
	e.unknown("alertmanager-configured", "There may be more AlertmanagerConfig objects: "+why+".")
	return false
}

// noBase returns why there certainly is nothing that the configuration could start from, or nothing.
func (e *explainer) noBase(n *render.Notifications) string {
	if n.Known || !e.Live || n.Global == (selection.Ref{}) || e.unreadIn(n.Global.Kind, n.Global.Namespace) != "" {
		return ""
	}
	return fmt.Sprintf("there is no %s, which spec.alertmanagerConfiguration names", n.Global)
}

func sameLabels(a, b alertpath.Labels) bool {
	return a.Certain().Equal(b.Certain()) && slices.Equal(a.Open(), b.Open()) && a.Others() == b.Others()
}

// explainTold is about a route to a receiver.
func (e *explainer) explainTold(i *instance, of *cluster.Instance, n *render.Notifications, told alertpath.Notification, arrives bool) {
	if told.Receiver == judge.Unknown {
		return // said before
	}
	note := Notification{
		Instance: i.Ref, Alertmanager: of.Ref, Receiver: told.Receiver, Name: told.Receiver, Integrations: told.Integrations, Certain: told.Certain && arrives,
	}
	if origin, ok := n.Origin(told.Receiver); ok {
		note.Object, note.Name = origin.Object, origin.Name
	}
	e.notifications = append(e.notifications, note)
	details := routeDetails(told, n.Known)
	switch {
	case len(told.Integrations) == 0 && note.Certain:
		e.add(Step{ID: "told", Answer: No, Text: capital(note.words()) + " gets it, which has no integrations: that tells nobody.", Details: details})
	case len(told.Integrations) == 0:
		e.unknown("told", capital(note.words())+" may get it, which has no integrations: that tells nobody."+dependsWords(told, arrives), details...)
	case note.Certain:
		e.yes("told", "It tells "+note.words()+".", details...)
	default:
		e.unknown("told", "It may tell "+note.words()+"."+dependsWords(told, arrives), details...)
	}
}

// words names a receiver, and how it is told.
func (n Notification) words() string {
	name := fmt.Sprintf("the receiver %q", n.Name)
	if n.Object.Kind != "" {
		name += " of " + n.Object.String()
	}
	if len(n.Integrations) > 0 {
		name += " (" + list(n.Integrations, len(n.Integrations)) + ")"
	}
	return name
}

func dependsWords(told alertpath.Notification, arrives bool) string {
	switch {
	case !arrives && told.Certain:
		return " The steps above say what is not known."
	case len(told.DependsOn) == 0:
		return ""
	}
	return " That depends on the " + verb(len(told.DependsOn), "label ", "labels ") + list(told.DependsOn, maxListed) + "."
}

// routeDetails says how a route is reached and what it does. Times that it inherits from an unknown base are not said.
func routeDetails(told alertpath.Notification, timed bool) []string {
	route := "a route without matchers"
	switch {
	case told.Root:
		route = "the root route"
	case len(told.Route) > 0:
		route = "route " + strings.Join(told.Route, " > ")
	}
	details := []string{route}
	if timed {
		details = append(details, fmt.Sprintf("grouped by %s; waits %s, then at least %s between changes; repeats after %s",
			groupWords(told), model.Duration(told.GroupWait), model.Duration(told.GroupInterval), model.Duration(told.RepeatInterval)))
	}
	if len(told.MutedIn) > 0 {
		details = append(details, "muted in the time "+verb(len(told.MutedIn), "interval ", "intervals ")+list(told.MutedIn, maxListed))
	}
	if len(told.ActiveIn) > 0 {
		details = append(details, "active only in the time "+verb(len(told.ActiveIn), "interval ", "intervals ")+list(told.ActiveIn, maxListed))
	}
	return details
}

func groupWords(told alertpath.Notification) string {
	switch {
	case told.GroupByAll:
		return "all labels"
	case len(told.GroupBy) == 0:
		return "no label: all alerts of the route are one group"
	}
	return list(told.GroupBy, len(told.GroupBy))
}

// explainInhibition is about an inhibit rule: while another alert fires, nobody is told of this one.
func (e *explainer) explainInhibition(i alertpath.Inhibition) {
	text := fmt.Sprintf("While an alert with %s fires, nobody is told of an alert with %s", i.Source, i.Target)
	if len(i.Equal) > 0 {
		text += " and the same " + list(i.Equal, len(i.Equal))
	}
	text += "."
	if !i.Certain {
		text += " Whether this alert is one depends on labels that are not known before."
	}
	e.unknown("inhibited", text)
}
