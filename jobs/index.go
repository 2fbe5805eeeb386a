package jobs

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/promgate/promgate/selection"
)

// An Index holds the monitors of a cluster, and the Prometheuses, namespaces and Services that
// decide which targets they scrape under which jobs. It answers without going through all
// monitors. It may be used by several goroutines. Objects that are put in must not be changed
// afterwards; the index does not change them either.
type Index struct {
	mu           sync.RWMutex // guards all fields
	prometheuses []prometheus // ordered by Ref
	readers      []*selection.Reader
	namespaces   map[string]map[string]string
	services     services
	monitors     monitors
	unselected   map[Group]int
	importing    map[*entry]bool // see Imports
}

type prometheus struct {
	selection.Ref

	selectors selection.Selectors
	classes   *ScrapeClasses
}

// A Group is the objects of a kind in a namespace.
type Group struct {
	Kind, Namespace string
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{
		namespaces: map[string]map[string]string{},
		services:   services{terms: newTerms()},
		monitors:   monitors{terms: newTerms(), words: words{}, labels: map[string]int{}},
		unselected: map[Group]int{},
		importing:  map[*entry]bool{},
	}
}

// SetPrometheus adds a Prometheus or PrometheusAgent, or replaces the one of the same name.
func (x *Index) SetPrometheus(ref selection.Ref, s selection.Selectors, classes *ScrapeClasses) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i, found := x.prometheus(ref)
	if !found {
		x.prometheuses = slices.Insert(x.prometheuses, i, prometheus{Ref: ref})
	}
	x.prometheuses[i].classes = classes
	old := x.prometheuses[i].selectors
	// The status of a Prometheus changes far more often than its selectors: that must cost nothing.
	if reflect.DeepEqual(old, s) {
		return
	}
	x.prometheuses[i].selectors = s
	x.recount(old, s)
}

// DeletePrometheus removes a Prometheus or PrometheusAgent.
func (x *Index) DeletePrometheus(ref selection.Ref) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i, found := x.prometheus(ref)
	if !found {
		return
	}
	old := x.prometheuses[i].selectors
	x.prometheuses = slices.Delete(x.prometheuses, i, i+1)
	x.recount(old, nil)
}

func (x *Index) prometheus(ref selection.Ref) (int, bool) {
	return slices.BinarySearchFunc(x.prometheuses, ref, func(p prometheus, ref selection.Ref) int { return p.Compare(ref) })
}

// recount counts again, for each monitor, the Prometheuses that select it, after one changed its
// selectors. It goes through all monitors, since any may have been selected or may be now.
func (x *Index) recount(old, now selection.Selectors) {
	for _, e := range x.monitors.list {
		if e == nil {
			continue
		}
		takers := e.takers
		if x.selects(old, &e.Monitor) {
			takers--
		}
		if x.selects(now, &e.Monitor) {
			takers++
		}
		x.count(e, takers)
	}
}

// SetReaders replaces the engines that read objects without a Prometheus. What they take counts as selected; it
// clashes with nothing because of them.
func (x *Index) SetReaders(readers []*selection.Reader) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.readers = readers
	for _, e := range x.monitors.list {
		if e != nil {
			x.count(e, x.takersOf(&e.Monitor))
		}
	}
}

// SetNamespace sets the labels of a namespace.
func (x *Index) SetNamespace(name string, labels map[string]string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if old, known := x.namespaces[name]; known && maps.Equal(old, labels) {
		return
	}
	x.namespaces[name] = labels
	x.recountNamespace(name)
}

// DeleteNamespace removes the labels of a namespace.
func (x *Index) DeleteNamespace(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.namespaces, name)
	x.recountNamespace(name)
}

func (x *Index) recountNamespace(name string) {
	for n := range x.monitors.terms.all(term{about: aboutMembers, scope: name}) {
		// Two terms may share a list: see terms.
		if e := x.monitors.list[n]; e.Namespace == name {
			x.count(e, x.takersOf(&e.Monitor))
		}
	}
}

// SetService adds a Service, or replaces the one of the same name.
func (x *Index) SetService(s *Service) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.services.set(s)
}

// DeleteService removes a Service.
func (x *Index) DeleteService(namespace, name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.services.remove(namespace, name)
}

// SetMonitor adds a monitor, or replaces the one of the same Ref. A replacement that was reserved
// is removed once it is stored.
func (x *Index) SetMonitor(m *Monitor) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(m.Ref, m.Replaces)
	if n, found := x.monitors.find(m.Ref, true); found && !m.Replaces && x.monitors.list[n].Same(m) {
		x.remove(m.Ref, true)
	}
	e := x.monitors.add(m)
	if e.Imports {
		x.importing[e] = true
	}
	if e.Replaces {
		return
	}
	x.unselected[e.group()]++ // until count knows who selects it
	x.count(e, x.takersOf(&e.Monitor))
}

// DeleteMonitor removes a monitor, but not the replacement that is reserved for it.
func (x *Index) DeleteMonitor(r selection.Ref) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(r, false)
}

// DeleteReplacement removes the replacement that is reserved for a monitor.
func (x *Index) DeleteReplacement(r selection.Ref) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(r, true)
}

func (x *Index) remove(r selection.Ref, replaces bool) {
	n, found := x.monitors.find(r, replaces)
	if !found {
		return
	}
	e := x.monitors.list[n]
	delete(x.importing, e)
	x.count(e, 1) // a monitor that is gone is not unselected either
	x.monitors.remove(n)
}

// Monitor returns the monitor of a Ref, or nil if there is none. It must not be changed.
func (x *Index) Monitor(r selection.Ref) *Monitor { return x.monitor(r, false) }

// Replacement returns the replacement that is reserved for the monitor of a Ref, or nil.
func (x *Index) Replacement(r selection.Ref) *Monitor { return x.monitor(r, true) }

func (x *Index) monitor(r selection.Ref, replaces bool) *Monitor {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n, found := x.monitors.find(r, replaces)
	if !found {
		return nil
	}
	return &x.monitors.list[n].Monitor
}

// Unselected returns the number of monitors that no Prometheus selects and no reader takes, by group. Groups
// without such monitors are omitted.
func (x *Index) Unselected() map[Group]int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return maps.Clone(x.unselected)
}

// count sets how many Prometheuses and readers select a monitor.
func (x *Index) count(e *entry, takers int) {
	if e.Replaces {
		return // only the known monitor counts
	}
	group := e.group()
	switch {
	case e.takers == 0 && takers > 0:
		x.unselected[group]--
	case e.takers > 0 && takers == 0:
		x.unselected[group]++
	}
	if x.unselected[group] == 0 {
		delete(x.unselected, group)
	}
	e.takers = takers
}

func (x *Index) takersOf(m *Monitor) int {
	takers := 0
	for _, p := range x.prometheuses {
		if x.selects(p.selectors, m) {
			takers++
		}
	}
	for _, r := range x.readers {
		if r.Takes(m.Kind, m.Namespace, m.Labels, selection.NamespaceLabels(m.Namespace, x.namespaces[m.Namespace])) {
			takers++
		}
	}
	return takers
}

func (x *Index) selects(s selection.Selectors, m *Monitor) bool {
	return s.Selects(m.Kind, m.Namespace, m.Labels, selection.NamespaceLabels(m.Namespace, x.namespaces[m.Namespace])) ||
		s.Names(m.Kind, m.Namespace, m.Name)
}
