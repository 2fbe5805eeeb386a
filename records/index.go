package records

import (
	"slices"
	"strings"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/selection"
)

// An Index holds what the rules of a cluster record and use. It answers without going through all
// objects. It may be used by several goroutines.
type Index struct {
	options parser.Options

	mu      sync.Mutex // guards the fields below; a question may have to read an object
	objects map[selection.Ref]*Object
	metrics map[string]*metric

	// unread are objects that were put in whole, and of which nothing is read; partly are those of which the
	// names of the records are. They are read when somebody asks: commands that read files put all objects
	// in, and often ask nothing but who records a metric, for which no expression is parsed.
	unread, partly map[selection.Ref]*monitoringv1.PrometheusRule
}

// A metric is a name, and the objects that record it and use it, in no particular order.
type metric struct {
	name            string
	recorded, users []*Object
}

// NewIndex returns an empty index, which parses expressions with these options.
func NewIndex(options parser.Options) *Index {
	return &Index{
		options: options, objects: map[selection.Ref]*Object{}, metrics: map[string]*metric{},
		unread: map[selection.Ref]*monitoringv1.PrometheusRule{}, partly: map[selection.Ref]*monitoringv1.PrometheusRule{},
	}
}

// Put adds an object, or replaces the one of the same name. It returns the object with strings that are
// shared with others: the caller may keep that one instead.
func (x *Index) Put(o *Object) *Object {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(o.Ref)
	return x.add(o)
}

// PutWhole does the same for an object that is read when somebody asks. It must not be changed any
// more.
func (x *Index) PutWhole(rule *monitoringv1.PrometheusRule) {
	ref := selection.Ref{Kind: monitoringv1.PrometheusRuleKind, Namespace: rule.Namespace, Name: rule.Name}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(ref)
	x.unread[ref] = rule
}

// Delete removes an object.
func (x *Index) Delete(ref selection.Ref) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(ref)
}

// DeleteAll removes all objects.
func (x *Index) DeleteAll() {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.objects)
	clear(x.metrics)
	clear(x.unread)
	clear(x.partly)
}

// Recording returns the objects that record a metric, ordered by name. What else is known of them may not be read
// yet: see [Index.Object].
func (x *Index) Recording(name string) []*Object {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.readNames()
	if m := x.metrics[name]; m != nil {
		return ordered(m.recorded)
	}
	return nil
}

// Using returns the objects that use a metric, ordered by name.
func (x *Index) Using(name string) []*Object {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.readNames()
	for ref := range x.partly {
		x.readAll(ref)
	}
	if m := x.metrics[name]; m != nil {
		return ordered(m.users)
	}
	return nil
}

// Object returns an object with all that is known of it, or nil.
func (x *Index) Object(ref selection.Ref) *Object {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.readNames()
	x.readAll(ref)
	return x.objects[ref]
}

func ordered(objects []*Object) []*Object {
	objects = slices.Clone(objects)
	slices.SortFunc(objects, func(a, b *Object) int { return a.Compare(b.Ref) })
	return objects
}

// readNames reads which names the unread objects record.
func (x *Index) readNames() {
	for ref, rule := range x.unread {
		delete(x.unread, ref)
		x.add(recordsOf(rule))
		x.partly[ref] = rule
	}
}

// readAll reads the expressions of an object, if they are not read yet.
func (x *Index) readAll(ref selection.Ref) {
	if rule := x.partly[ref]; rule != nil {
		x.remove(ref)
		x.add(Of(rule, x.options))
	}
}

func (x *Index) add(o *Object) *Object {
	shared := &Object{Ref: o.Ref, Records: slices.Clone(o.Records), Uses: slices.Clone(o.Uses)}
	x.objects[o.Ref] = shared
	for i := range shared.Records {
		r := &shared.Records[i]
		m := x.metric(r.Name)
		r.Name = m.name
		if n := len(m.recorded); n == 0 || m.recorded[n-1] != shared {
			m.recorded = append(m.recorded, shared)
		}
	}
	for i, name := range shared.Uses {
		m := x.metric(name)
		shared.Uses[i] = m.name
		m.users = append(m.users, shared)
	}
	return shared
}

func (x *Index) metric(name string) *metric {
	m := x.metrics[name]
	if m == nil {
		m = &metric{name: strings.Clone(name)}
		x.metrics[m.name] = m
	}
	return m
}

func (x *Index) remove(ref selection.Ref) {
	delete(x.unread, ref)
	delete(x.partly, ref)
	o := x.objects[ref]
	if o == nil {
		return
	}
	delete(x.objects, ref)
	for _, r := range o.Records {
		x.drop(r.Name, o)
	}
	for _, name := range o.Uses {
		x.drop(name, o)
	}
}

// drop removes an object from those of a metric, and the metric if it was the last one.
func (x *Index) drop(name string, o *Object) {
	m := x.metrics[name]
	if m == nil {
		return // the object records and uses it, and was the last one
	}
	m.recorded, m.users = without(m.recorded, o), without(m.users, o)
	if len(m.recorded)+len(m.users) == 0 {
		delete(x.metrics, name)
	}
}

func without(objects []*Object, o *Object) []*Object {
	i := slices.Index(objects, o)
	if i < 0 {
		return objects
	}
	last := len(objects) - 1
	objects[i] = objects[last]
	objects[last] = nil
	return objects[:last]
}
