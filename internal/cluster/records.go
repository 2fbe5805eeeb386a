package cluster

import (
	"cmp"
	"slices"
	"strings"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/selection"
)

// Loaded returns what an instance loads of rules besides one object. replaced are the names that the stored object
// records, if the instance loads it.
func (m *Model) Loaded(i *Instance, own selection.Ref, replaced []string) *records.Loaded {
	return &records.Loaded{
		Instance: i.Ref, Queries: i.Ref.Kind == monitoringv1.PrometheusesKind, Separates: i.separates,
		Own: own, Replaced: replaced, Index: m.records, Cluster: loading{m},
	}
}

// loading says which instance loads which rules. It implements [records.Cluster].
type loading struct{ model *Model }

// Loads implements [records.Cluster].
func (l loading) Loads(instance, object selection.Ref) (loads, certain bool) {
	i, o := l.model.Instance(instance), l.model.index.Monitor(object)
	if i == nil || o == nil {
		return false, false // it has gone a moment ago, or is about to come
	}
	loads = i.Selects(object.Kind, object.Namespace, o.Labels, l.model.NamespaceLabels(object.Namespace))
	return loads, l.model.knowsNamespace(object.Namespace) || !i.Selectors.AsksNamespace(object.Kind)
}

// Loading implements [records.Cluster].
func (l loading) Loading(object selection.Ref) []selection.Ref {
	o := l.model.index.Monitor(object)
	if o == nil {
		return nil
	}
	var all []selection.Ref
	for _, i := range l.model.View(object.Namespace).Selecting(object.Kind, o.Labels) {
		all = append(all, i.Ref)
	}
	return all
}

// Receives implements [records.Cluster].
func (l loading) Receives(instance selection.Ref) bool {
	i := l.model.Instance(instance)
	return i == nil || i.receives || l.model.index.Imports(i.Selectors)
}

// Fastest implements [records.Cluster].
func (l loading) Fastest(instance selection.Ref, job string) (interval time.Duration, known bool) {
	i := l.model.Instance(instance)
	if l.model.partial || l.Receives(instance) {
		return 0, false
	}
	p, ok := i.Object.(*monitoringv1.Prometheus)
	if !ok {
		return 0, false
	}
	every, err := model.ParseDuration(string(cmp.Or(p.Spec.ScrapeInterval, "30s"))) // the default of the CRD
	if err != nil {
		return 0, false
	}
	for _, c := range p.Spec.ScrapeClasses {
		if len(c.Relabelings)+len(c.MetricRelabelings) > 0 {
			job = "" // they may change it
		}
		if slices.ContainsFunc(c.Relabelings, func(r monitoringv1.RelabelConfig) bool {
			return r.TargetLabel == model.ScrapeIntervalLabel || r.TargetLabel == "" || strings.Contains(r.TargetLabel, "$")
		}) {
			return 0, false
		}
	}
	return l.model.index.Fastest(i.Selectors, time.Duration(every), job)
}

// putRecords puts what a rule records and uses into its index.
func (m *Model) putRecords(object selection.Object) {
	switch o := object.(type) {
	case *monitoringv1.PrometheusRule:
		m.records.PutWhole(o)
	case *Digest:
		if o.Rules != nil {
			o.Rules = m.records.Put(o.Rules) // with strings that are shared
		}
	}
}

func (m *Model) knowsNamespace(name string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, known := m.namespaces[name]
	return known
}
