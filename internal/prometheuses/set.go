// Package prometheuses keeps the Prometheus and PrometheusAgent objects of a cluster
// in memory, each with its selectors and its judge, and says which of them take an
// object.
package prometheuses

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
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

// Name tells a member of the set from the others. A Prometheus and an agent may have
// the same namespace and name.
type Name struct {
	types.NamespacedName

	Agent bool
}

type member struct {
	selectors selection.Selectors
	snapshot  validation.Snapshot
}

// Put adds a Prometheus, or replaces the one of the same name. The error says that the
// object is one that the operator cannot use either: it is then taken out of the set.
func (s *Set) Put(p *monitoringv1.Prometheus) error {
	name := Name{NamespacedName: types.NamespacedName{Namespace: p.Namespace, Name: p.Name}}
	selectors, err := selection.Of(p)
	if err != nil {
		return s.without(name, err)
	}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return s.without(name, err)
	}
	s.put(name, selectors, g)
	return nil
}

// PutAgent is Put for a PrometheusAgent.
func (s *Set) PutAgent(p *monitoringv1alpha1.PrometheusAgent) error {
	name := Name{NamespacedName: types.NamespacedName{Namespace: p.Namespace, Name: p.Name}, Agent: true}
	selectors, err := selection.OfAgent(p)
	if err != nil {
		return s.without(name, err)
	}
	g, err := promconfig.NewAgent(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return s.without(name, err)
	}
	s.put(name, selectors, g)
	return nil
}

func (s *Set) put(name Name, selectors selection.Selectors, g *promconfig.Generator) {
	m := &member{selectors: selectors, snapshot: judge.New(g, g.Global()).Snapshot()}
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

// Taking gives what checks may know of each Prometheus that selects an object of a
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
