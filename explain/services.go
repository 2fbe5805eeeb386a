package explain

import (
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/selection"
)

// A scope is the namespaces in which a monitor looks for targets. Without names it is all of them. It is
// forced if it is not the monitor that decides.
type scope struct {
	names  []string
	forced bool
}

func scopeOf(s monitoringv1.NamespaceSelector, own string) scope {
	switch {
	case s.Any:
		return scope{}
	case len(s.MatchNames) == 0:
		return scope{names: []string{own}}
	}
	return scope{names: slices.Compact(slices.Sorted(slices.Values(s.MatchNames)))}
}

func (s scope) has(namespace string) bool {
	return s.names == nil || slices.Contains(s.names, namespace)
}

func (s scope) String() string {
	if s.names == nil {
		return "in any namespace"
	}
	return verb(len(s.names), "in namespace ", "in namespaces ") + list(s.names, maxListed)
}

// ownNamespaceAlone is about the instances that look for targets in the monitor's namespace alone,
// whatever the monitor says. It returns the scope that counts if all instances do so.
func (e *explainer) ownNamespaceAlone(s scope) scope {
	if len(s.names) == 1 && s.has(e.ref.Namespace) {
		return s
	}
	limited := 0
	for _, i := range e.instances {
		if i.OwnNamespaces {
			limited++
			e.add(Step{ID: "namespaces", Answer: No, Text: fmt.Sprintf("%s does not look for targets %s, but in namespace %s alone: it ignores spec.namespaceSelector (ignoreNamespaceSelectors).", i.Ref, s, e.ref.Namespace)})
		}
	}
	if limited == len(e.instances) && limited > 0 {
		return scope{names: []string{e.ref.Namespace}, forced: true}
	}
	return s
}

// explainServices is about the Services of a ServiceMonitor, and their ports.
func (e *explainer) explainServices(m *monitoringv1.ServiceMonitor) {
	e.section = "Targets"
	selector, err := metav1.LabelSelectorAsSelector(&m.Spec.Selector)
	if err != nil || len(m.Spec.Endpoints) == 0 {
		return // a check says so
	}
	where := e.ownNamespaceAlone(scopeOf(m.Spec.NamespaceSelector, m.Namespace))
	services, elsewhere := e.servicesWith(selector, where)
	if len(services) == 0 {
		e.explainNoService(selector, where, elsewhere)
		return
	}
	e.yes("services", fmt.Sprintf("Its selector, %s, matches %s %s: %s.", selectorText(selector), plural(len(services), "Service", "Services"), where, list(namesOf(services), maxListed)), notes(services)...)
	e.explainAccess(where)
	behind := e.readBehind(services)
	for n := range m.Spec.Endpoints {
		e.explainEndpoint(n, &m.Spec.Endpoints[n], services, behind)
	}
}

// servicesWith returns the Services that a selector matches, in a scope and elsewhere.
func (e *explainer) servicesWith(selector labels.Selector, where scope) (services, elsewhere []*corev1.Service) {
	for _, ref := range slices.SortedFunc(slices.Values(e.model.Refs(selection.ServiceKind)), selection.Ref.Compare) {
		s, ok := e.model.Object(ref).(*corev1.Service)
		switch {
		case !ok || !selector.Matches(labels.Set(s.Labels)):
		case where.has(ref.Namespace):
			services = append(services, s)
		default:
			elsewhere = append(elsewhere, s)
		}
	}
	return services, elsewhere
}

func (e *explainer) explainNoService(selector labels.Selector, where scope, elsewhere []*corev1.Service) {
	text := selectorText(selector)
	if why := e.servicesUnread(where); why != "" {
		e.unknown("services", fmt.Sprintf("Whether its selector, %s, matches a Service %s is not known: %s.", text, where, why))
		return
	}
	p := problem{stageDiscovered, fmt.Sprintf("no Service %s has the labels %s", where, text), "correct spec.selector, or the labels of the Service"}
	var details []string
	if len(elsewhere) > 0 {
		details = append(details, "Services elsewhere have these labels: "+list(namesOf(elsewhere), maxListed))
		p.fix = "create the monitor in namespace " + elsewhere[0].Namespace
		if !where.forced {
			p.fix = fmt.Sprintf("add namespace %s to spec.namespaceSelector.matchNames, or create the monitor there", elsewhere[0].Namespace)
		}
	}
	for _, s := range e.servicesOfPods(selector, where) {
		details = append(details, fmt.Sprintf("Service %s selects pods with these labels, and has %s itself", pathOf(s), labelWords(s.Labels)))
		p.fix = fmt.Sprintf("give Service %s the labels: spec.selector is about the Service, not about its pods", pathOf(s))
	}
	e.no("services", fmt.Sprintf("Its selector, %s, matches no Service %s.", text, where), p, details...)
}

// servicesUnread returns why not all Services of a scope may be known.
func (e *explainer) servicesUnread(where scope) string {
	namespaces := where.names
	if namespaces == nil {
		namespaces = []string{""}
	}
	for _, namespace := range namespaces {
		if why := e.unreadIn(selection.ServiceKind, namespace); why != "" {
			return why
		}
	}
	inScope := func(r selection.Ref) bool { return where.has(r.Namespace) }
	if !e.Live && !slices.ContainsFunc(e.model.Refs(selection.ServiceKind), inScope) {
		return "the files have no Service there"
	}
	return ""
}

// servicesOfPods returns the Services whose pods have the labels that are meant for Services.
func (e *explainer) servicesOfPods(selector labels.Selector, where scope) []*corev1.Service {
	var found []*corev1.Service
	for _, ref := range slices.SortedFunc(slices.Values(e.model.Refs(selection.ServiceKind)), selection.Ref.Compare) {
		s, ok := e.model.Object(ref).(*corev1.Service)
		if ok && where.has(ref.Namespace) && len(s.Spec.Selector) > 0 && !selector.Empty() && selector.Matches(labels.Set(s.Spec.Selector)) && len(found) < maxListed {
			found = append(found, s)
		}
	}
	return found
}

// notes says what is unusual about Services.
func notes(services []*corev1.Service) []string {
	var details []string
	for _, s := range services {
		switch {
		case s.Spec.Type == corev1.ServiceTypeExternalName:
			details = append(details, pathOf(s)+" is of type ExternalName: it has no endpoints, and so nothing to scrape")
		case len(s.Spec.Selector) == 0:
			details = append(details, pathOf(s)+" has no selector: somebody else has to write its EndpointSlices")
		}
	}
	return details
}

func pathOf(o metav1.Object) string { return o.GetNamespace() + "/" + o.GetName() }

func namesOf(services []*corev1.Service) []string {
	var names []string
	for _, s := range services {
		names = append(names, pathOf(s))
	}
	return names
}

func selectorText(s labels.Selector) string {
	if s.Empty() {
		return "{}"
	}
	return s.String()
}
