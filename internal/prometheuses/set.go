// Package prometheuses keeps the Prometheus, PrometheusAgent and ThanosRuler objects of
// a cluster in memory, each with its selectors, and says which of them take an object.
package prometheuses

import (
	"cmp"
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

// A Set may be used by several goroutines. The zero value is ready to use.
type Set struct {
	mu      sync.RWMutex
	members map[Name]*member
}

// Name tells a member of the set from the others: a Prometheus and an agent may have
// the same namespace and name.
type Name struct {
	types.NamespacedName

	Kind string
}

type member struct {
	selectors selection.Selectors
	snapshot  validation.Snapshot
}

// Put adds a Prometheus, or replaces the one of the same name. The error says that the
// object is one that the operator cannot use either: it is then taken out of the set.
func (s *Set) Put(p *monitoringv1.Prometheus) error {
	name := nameOf(monitoringv1.PrometheusesKind, p)
	selectors, err := selection.Of(p)
	if err != nil {
		return s.without(name, err)
	}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return s.without(name, err)
	}
	s.put(name, scraping(selectors, g))
	return nil
}

// PutAgent is Put for a PrometheusAgent.
func (s *Set) PutAgent(p *monitoringv1alpha1.PrometheusAgent) error {
	name := nameOf(monitoringv1alpha1.PrometheusAgentsKind, p)
	selectors, err := selection.OfAgent(p)
	if err != nil {
		return s.without(name, err)
	}
	g, err := promconfig.NewAgent(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return s.without(name, err)
	}
	s.put(name, scraping(selectors, g))
	return nil
}

// PutRuler is Put for a ThanosRuler, which takes rules only.
func (s *Set) PutRuler(r *monitoringv1.ThanosRuler) error {
	name := nameOf(monitoringv1.ThanosRulerKind, r)
	selectors, err := selection.OfThanosRuler(r)
	if err != nil {
		return s.without(name, err)
	}
	snapshot := validation.Permissive() // a ruler's dialect is its own
	snapshot.Prometheus = validation.Prometheus{Name: name.String()}
	s.put(name, &member{selectors: selectors, snapshot: snapshot})
	return nil
}

func nameOf(kind string, o metav1.Object) Name {
	return Name{NamespacedName: types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()}, Kind: kind}
}

func scraping(selectors selection.Selectors, g *promconfig.Generator) *member {
	return &member{selectors: selectors, snapshot: judge.New(g, g.Global()).Snapshot()}
}

func (s *Set) put(name Name, m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.members == nil {
		s.members = map[Name]*member{}
	}
	s.members[name] = m
}

func (s *Set) without(name Name, err error) error {
	s.Delete(name)
	return fmt.Errorf("reading %s: %w", name.NamespacedName, err)
}

// Delete takes a member out of the set.
func (s *Set) Delete(name Name) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.members, name)
}

// Taking gives what checks may know of each member that selects an object of a
// kind with these labels, in a namespace with those, ordered by name.
func (s *Set) Taking(kind, namespace string, object, ofNamespace map[string]string) []validation.Snapshot {
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

// Standing says how an object stands with all members that take objects of its kind.
// known is false when there is no such member: nothing can be said then.
func (s *Set) Standing(kind, namespace string, object, ofNamespace map[string]string) (standing selection.Standing, known bool) {
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
