// Package cluster is what promgate knows of a cluster, in memory: namespaces, those who
// select (Prometheus, PrometheusAgent and ThanosRuler objects), monitors and Services.
// It answers who takes an object, which labels it lacks for that, and which jobs are
// taken already. It asks nobody: package watch keeps it in step.
package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// A State may be used by several goroutines.
type State struct {
	index *selection.Index

	reserving    sync.Mutex // held from the look for clashes to the reservation
	reservations uint64

	placing  sync.Mutex // held while it is decided who selects
	operator *selection.Operator
	known    map[Name]placed // all of them, whether the operator manages them or not

	mu         sync.RWMutex
	namespaces map[string]map[string]string
	members    map[Name]*member
}

// Name tells one who selects from the others: a Prometheus and an agent may have the
// same namespace and name.
type Name struct {
	types.NamespacedName

	Kind string
}

type member struct {
	selectors selection.Selectors
	snapshot  validation.Snapshot

	// ownNamespaces says that each monitor sees its own namespace only
	// (ignoreNamespaceSelectors).
	ownNamespaces bool
}

// NewState makes an empty one.
func NewState() *State {
	return &State{index: selection.NewIndex(), namespaces: map[string]map[string]string{}, members: map[Name]*member{}, known: map[Name]placed{}}
}

// PutPrometheus adds a Prometheus, or replaces the one of the same name. The error says
// that the object is one that the operator cannot use either: it then selects nothing.
func (s *State) PutPrometheus(p *monitoringv1.Prometheus) error {
	selectors, unselectable := selection.Of(p)
	g, unrenderable := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	return s.putScraping(monitoringv1.PrometheusesKind, p, p.Spec.CommonPrometheusFields, selectors, g, errors.Join(unselectable, unrenderable))
}

// PutAgent is PutPrometheus for a PrometheusAgent.
func (s *State) PutAgent(p *monitoringv1alpha1.PrometheusAgent) error {
	selectors, unselectable := selection.OfAgent(p)
	g, unrenderable := promconfig.NewAgent(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	return s.putScraping(monitoringv1alpha1.PrometheusAgentsKind, p, p.Spec.CommonPrometheusFields, selectors, g, errors.Join(unselectable, unrenderable))
}

func (s *State) putScraping(kind string, object metav1.Object, spec monitoringv1.CommonPrometheusFields, selectors selection.Selectors, g *promconfig.Generator, err error) error {
	if err != nil {
		return s.without(nameOf(kind, object), err)
	}
	s.put(kind, object, &member{selectors: selectors, snapshot: judge.New(g, g.Global()).Snapshot(), ownNamespaces: spec.IgnoreNamespaceSelectors})
	return nil
}

// PutRuler is PutPrometheus for a ThanosRuler, which takes rules only.
func (s *State) PutRuler(r *monitoringv1.ThanosRuler) error {
	name := nameOf(monitoringv1.ThanosRulerKind, r)
	selectors, unselectable := selection.OfThanosRuler(r)
	snapshot, unreadable := judge.RulerSnapshot(r)
	if err := errors.Join(unselectable, unreadable); err != nil {
		return s.without(name, err)
	}
	s.put(monitoringv1.ThanosRulerKind, r, &member{selectors: selectors, snapshot: snapshot})
	return nil
}

func nameOf(kind string, o metav1.Object) Name {
	return Name{NamespacedName: types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()}, Kind: kind}
}

func (s *State) without(name Name, err error) error {
	s.DeleteMember(name)
	return fmt.Errorf("reading %s %s: %w", name.Kind, name.NamespacedName, err)
}

// PutNamespace notes the labels of a namespace.
func (s *State) PutNamespace(name string, labels map[string]string) {
	s.index.SetNamespace(name, labels)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.namespaces[name] = labels
}

// DeleteNamespace forgets them.
func (s *State) DeleteNamespace(name string) {
	s.index.DeleteNamespace(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.namespaces, name)
}

// Labels of a namespace, or nil if it is not known: it may have been made a moment ago.
func (s *State) Labels(namespace string) map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.namespaces[namespace]
}

// Index holds the monitors and Services.
func (s *State) Index() *selection.Index { return s.index }

// Taking gives what checks may know of each who selects an object of a kind with these
// labels, in a namespace with those, ordered by name.
func (s *State) Taking(kind, namespace string, object, ofNamespace map[string]string) []validation.Snapshot {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var taking []validation.Snapshot
	for _, m := range s.members {
		if m.selectors.Selects(kind, namespace, object, ofNamespace) {
			taking = append(taking, m.snapshot)
		}
	}
	slices.SortFunc(taking, func(a, b validation.Snapshot) int { return cmp.Compare(a.Prometheus.Name, b.Prometheus.Name) })
	return taking
}

// Standing says how an object stands with all who take objects of its kind. known is
// false when there is none: nothing can be said then.
func (s *State) Standing(kind, namespace string, object, ofNamespace map[string]string) (standing selection.Standing, known bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for name, m := range s.members {
		if !m.selectors.Has(kind) {
			continue
		}
		known = true
		gap := m.selectors.Gap(kind, namespace, object, ofNamespace)
		if gap.Closed() {
			standing.SelectedBy = append(standing.SelectedBy, name.String())
		} else {
			standing.Near = append(standing.Near, selection.Near{Name: name.String(), Gap: gap})
		}
	}
	standing.Sort()
	return standing, known
}

// unasked are those that could take objects of a kind, and ask for none, by name.
func (s *State) unasked(kind string) []validation.Unselected {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []validation.Unselected
	for name := range s.members {
		takes := name.Kind != monitoringv1.ThanosRulerKind
		if kind == monitoringv1.PrometheusRuleKind {
			takes = name.Kind != monitoringv1alpha1.PrometheusAgentsKind
		}
		if takes {
			all = append(all, validation.Unselected{Prometheus: name.String(), Reason: "has no selector for objects of kind " + kind})
		}
	}
	slices.SortFunc(all, func(a, b validation.Unselected) int { return cmp.Compare(a.Prometheus, b.Prometheus) })
	return all
}

// Unselected says what keeps an object out of each of them, the nearest first, if none
// selects it.
func (s *State) Unselected(kind, namespace string, object, ofNamespace map[string]string) []validation.Unselected {
	standing, known := s.Standing(kind, namespace, object, ofNamespace)
	if len(standing.SelectedBy) > 0 {
		return nil
	}
	if !known {
		return s.unasked(kind)
	}
	if standing.Near[0].Gap.Unwatched != "" {
		standing.Near = standing.Near[:1] // the same holds for all
	}
	all := make([]validation.Unselected, len(standing.Near))
	for i, near := range standing.Near {
		all[i] = validation.Unselected{Prometheus: near.Name, Reason: near.Gap.Words()}
	}
	return all
}
