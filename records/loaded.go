package records

import (
	"time"

	"github.com/promgate/promgate/selection"
)

// Loaded is what one instance loads besides the object under review. The version of that object which the
// index holds does not count. Questions are answered as of the moment at which they are asked.
type Loaded struct {
	// Instance is the Prometheus or ThanosRuler.
	Instance selection.Ref

	// Queries means that the instance evaluates rules over what it stores itself, and not over what others
	// store, as a ThanosRuler does.
	Queries bool

	// Separates means that the instance gives each series the namespace of the object that records it, and lets
	// an object see the series of its own namespace only (enforcedNamespaceLabel).
	Separates bool

	// Own is the object under review.
	Own selection.Ref

	// Replaced are the names that the stored object records, if the object replaces one which the instance
	// loads.
	Replaced []string

	// Index holds the objects of all instances.
	Index *Index

	// Cluster says who loads them.
	Cluster Cluster
}

// A Cluster knows which instance loads which object.
type Cluster interface {
	// Loads reports whether an instance loads an object. It is not certain if the labels of the object's
	// namespace may not all be known.
	Loads(instance, object selection.Ref) (loads, certain bool)

	// Loading returns the instances that load an object.
	Loading(object selection.Ref) []selection.Ref

	// Fastest returns the shortest interval at which an instance scrapes a job, or any job if the name is empty. It
	// is not known if not all monitors are, and if series may come from elsewhere.
	Fastest(instance selection.Ref, job string) (interval time.Duration, known bool)

	// Receives reports whether an instance may have series of any name that no rule of its own records: from
	// another Prometheus, for example.
	Receives(instance selection.Ref) bool
}

// Recording returns the other objects that the instance certainly loads and that record a metric which the
// object under review can see.
func (l *Loaded) Recording(name string) []*Object {
	var all []*Object
	for _, o := range l.certain(l.Index.Recording(name)) {
		if o = l.Index.Object(o.Ref); o != nil { // nil if it was deleted a moment ago
			all = append(all, o)
		}
	}
	return all
}

// Using returns the other objects that the instance certainly loads and that use a metric which the object
// under review records.
func (l *Loaded) Using(name string) []*Object {
	return l.certain(l.Index.Using(name))
}

func (l *Loaded) certain(objects []*Object) []*Object {
	var loaded []*Object
	for _, o := range objects {
		if o.Ref == l.Own || l.Separates && o.Namespace != l.Own.Namespace {
			continue
		}
		if loads, certain := l.Cluster.Loads(l.Instance, o.Ref); loads && certain {
			loaded = append(loaded, o)
		}
	}
	return loaded
}

// Unrecorded reports whether no other object that the instance loads, or may load, records a metric.
func (l *Loaded) Unrecorded(name string) bool {
	for _, o := range l.Index.Recording(name) {
		if loads, certain := l.Cluster.Loads(l.Instance, o.Ref); o.Ref != l.Own && (loads || !certain) {
			return false
		}
	}
	return true
}

// Elsewhere returns the other objects that record a metric, if the instance certainly loads none of them and
// cannot have the metric from anywhere else.
func (l *Loaded) Elsewhere(name string) []*Object {
	if !l.Queries || !l.Unrecorded(name) {
		return nil
	}
	var elsewhere []*Object
	for _, o := range l.Index.Recording(name) {
		if o.Ref != l.Own {
			elsewhere = append(elsewhere, o)
		}
	}
	if len(elsewhere) == 0 || l.Cluster.Receives(l.Instance) {
		return nil
	}
	return elsewhere
}

// BeforeUpdate returns the same for the stored object, which replaces none.
func (l *Loaded) BeforeUpdate() *Loaded {
	if l == nil {
		return nil
	}
	before := *l
	before.Replaced = nil
	return &before
}
