package explain

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
)

// An instance is a Prometheus, PrometheusAgent, ThanosRuler or Alertmanager that could select the object.
type instance struct {
	*cluster.Instance

	gap     selection.Gap
	selects bool

	// included reports that the object belongs into the configuration, and missing that it is not
	// there all the same, as the operator or Prometheus shows. jobs are its jobs there, and file is
	// the rule file of a PrometheusRule: CONFIGMAP/FILE. receivers are those of an AlertmanagerConfig.
	included bool
	missing  bool
	jobs     []string
	file     string

	receivers []string

	// harmful are other objects because of which Prometheus may refuse its configuration. loaded
	// reports that Prometheus says that it has loaded it.
	harmful []string
	loaded  bool

	// unwritten is the number of the step, from 1, that says that the operator has not written the
	// object, or 0.
	unwritten int
}

// maxInFull is how many instances are explained in full if none selects the object.
const maxInFull = 3

// explainInstances is about each instance: whether it selects the object, and what becomes of the
// object in its configuration.
func (e *explainer) explainInstances() {
	candidates := e.candidates()
	e.section = "Selection"
	e.explainReaders()
	e.unreadInstances()
	if len(candidates) == 0 {
		if len(e.taken) == 0 {
			e.noInstances()
		}
		return
	}
	for _, i := range candidates {
		if i.selects {
			e.instances = append(e.instances, i)
		}
	}
	for n, i := range candidates {
		e.section = i.Ref.String()
		switch {
		case i.selects && e.isGlobal(i):
			e.explainManaged(i)
			e.yes("labels-selected", "Its spec.alertmanagerConfiguration names it: its configuration starts from the object.")
			e.explainNotifying(i)
			e.explainOperator(i)
		case i.selects:
			e.explainSelection(i, false)
			e.explainConfiguration(i)
			e.explainClashes(i)
			e.explainOperator(i)
		case len(e.instances) == 0 && len(e.taken) == 0 && n < maxInFull:
			e.explainSelection(i, n == 0)
		default:
			e.section = "Others"
			e.add(Step{ID: "selected", Answer: No, Text: fmt.Sprintf("%s %s.", i.Ref, e.gapWords(i))})
		}
	}
}

// candidates returns the instances that could select objects of the kind: first those that do, then
// the others, the nearest first.
func (e *explainer) candidates() []*instance {
	var selecting []*instance
	others := map[string]*instance{}
	order := selection.Standing{}
	for _, of := range e.model.Instances() {
		if !canSelect(of.Object, e.ref.Kind) || e.Instance != "" && of.Name() != e.Instance {
			continue
		}
		labels := e.object.GetLabels()
		i := &instance{Instance: of, gap: selectorsOf(of).Gap(e.ref.Kind, e.ref.Namespace, labels, e.view.Labels)}
		if i.selects = of.Selects(e.ref.Kind, e.ref.Namespace, labels, e.view.Labels) || e.isGlobal(i); i.selects {
			selecting = append(selecting, i)
			continue
		}
		others[of.Ref.String()] = i
		order.Near = append(order.Near, selection.Near{Name: of.Ref.String(), Gap: i.gap})
	}
	order.Sort()
	for _, near := range order.Near {
		selecting = append(selecting, others[near.Name])
	}
	return selecting
}

// selectorsOf returns the selectors of an instance, even if the operator does not manage it.
func selectorsOf(of *cluster.Instance) selection.Selectors {
	if of.Selectors != nil || of.Err != nil {
		return of.Selectors
	}
	selectors, err := selection.OfInstance(of.Object)
	if err != nil {
		return nil
	}
	return selectors
}

// canSelect reports whether an instance can have a selector for objects of a kind.
func canSelect(object selection.Object, kind string) bool {
	instance, _ := selection.KindOf(object)
	if a, ok := object.(*monitoringv1alpha1.PrometheusAgent); ok && onEachNode(a) && kind != monitoringv1.PodMonitorsKind {
		return false
	}
	return selection.MaySelect(instance.Kind, kind)
}

// onEachNode reports whether an agent runs on each node: it then selects PodMonitors alone.
func onEachNode(a *monitoringv1alpha1.PrometheusAgent) bool {
	return a.Spec.Mode != nil && *a.Spec.Mode == monitoringv1alpha1.DaemonSetPrometheusAgentMode
}

func isOnEachNode(i *instance) bool {
	a, ok := i.Object.(*monitoringv1alpha1.PrometheusAgent)
	return ok && onEachNode(a)
}

// unreadInstances says which instances may not be known.
func (e *explainer) unreadInstances() {
	for _, kind := range selection.AllKinds() {
		if !kind.Instance || !canSelect(kind.New(), e.ref.Kind) || e.Unread[kind.Kind].Missing {
			continue
		}
		if why := e.unreadIn(kind.Kind, ""); why != "" {
			e.unknown("instances", fmt.Sprintf("There may be more %s objects: %s.", kind.Kind, why))
		}
	}
}

func (e *explainer) noInstances() {
	kinds := "Prometheus or PrometheusAgent"
	switch e.ref.Kind {
	case monitoringv1.PrometheusRuleKind:
		kinds = "Prometheus or ThanosRuler"
	case monitoringv1alpha1.AlertmanagerConfigKind:
		kinds = monitoringv1.AlertmanagersKind
	}
	for n := range e.steps {
		if e.steps[n].ID == "instances" {
			e.steps[n].problem = &problem{stageSelected, "no " + kinds + " is known that could select it", "ask somebody who may read them, or pass their files with -f"}
			return
		}
	}
	what, fix := "there is no "+kinds, "create one: the operator generates a configuration for such objects alone"
	switch {
	case e.Instance != "":
		what, fix = "there is no "+kinds+" named "+e.Instance, "check the name"
	case !e.Live:
		what, fix = what+" among the files", "pass its file with -f, too"
	}
	e.no("instances", capital(what)+" that could select it.", problem{stageSelected, what, fix})
}

// explainSelection is about whether an instance selects the object. Of the instances that do not, the
// nearest is the reason why nothing happens.
func (e *explainer) explainSelection(i *instance, nearest bool) {
	begin := len(e.steps)
	e.explainManaged(i)
	if i.Err == nil && e.explainWatched(i) {
		e.explainNamespace(i)
		e.explainLabels(i)
	}
	if nearest || i.selects {
		return
	}
	for n := begin; n < len(e.steps); n++ {
		e.steps[n].problem = nil
	}
}

// explainManaged is about whether the operator manages the instance.
func (e *explainer) explainManaged(i *instance) {
	name := i.Ref.String()
	id := i.Object.GetAnnotations()[selection.ControllerID]
	switch {
	case i.Err != nil:
		why := "the operator cannot use " + name + ": " + i.Err.Error()
		e.no("managed", "The operator cannot use it: "+i.Err.Error()+".", problem{stageSelected, why, "correct that object"})
	case !e.Operator.Manages(i.Ref.Kind, i.Object):
		why := unmanagedBecause(e.Operator, i.Object)
		e.no("managed", "The operator does not manage it: "+why+".", problem{stageSelected, "the operator does not manage " + name + ": " + why, "change that, or use another instance"})
	case e.Operator == nil && id != "":
		e.unknown("managed", fmt.Sprintf("It is for the operator with the controller id %q: whether such an operator runs is not known.", id))
	case e.Operator == nil:
		e.yes("managed", "The operator manages it, if its flags do not exclude it.")
	default:
		e.yes("managed", "The operator manages it.")
	}
}

func unmanagedBecause(o *selection.Operator, object metav1.Object) string {
	if id := object.GetAnnotations()[selection.ControllerID]; id != o.ControllerID {
		return fmt.Sprintf("its annotation %s is %q, and that of the operator is %q", selection.ControllerID, id, o.ControllerID)
	}
	return "the namespaces or the selector for instances exclude it (operator in promgate.yaml)"
}

// explainWatched reports whether the operator watches the object's namespace.
func (e *explainer) explainWatched(i *instance) bool {
	if i.gap.Unwatched == "" {
		return true
	}
	e.no("watched", fmt.Sprintf("The operator does not watch the namespace %s (%s).", e.ref.Namespace, i.gap.Unwatched),
		problem{stageSelected, "the operator does not watch the namespace " + e.ref.Namespace, "change its flags (" + i.gap.Unwatched + " in promgate.yaml), or use another namespace"})
	return false
}

// gapWords returns a clause that says why an instance does not select the object.
func (e *explainer) gapWords(i *instance) string {
	switch {
	case i.Err != nil:
		return "cannot be used by the operator: " + i.Err.Error()
	case !e.Operator.Manages(i.Ref.Kind, i.Object):
		return "is not managed by the operator"
	}
	if c := choiceOf(i.Object, e.ref.Kind); i.gap.Unwatched == "" && c.objects == nil {
		return "has no " + c.field + "Selector, so it selects none"
	}
	return i.gap.Words()
}
