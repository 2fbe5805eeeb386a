package render

import (
	"fmt"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// instance is one Prometheus or PrometheusAgent, with the renderings of the objects that it
// selects.
type instance struct {
	*cluster.Instance

	err       error // the user's mistake because of which nothing can be rendered
	generator *promconfig.Generator
	assets    *tracker

	judge    *judge.Judge
	global   promconfig.Global
	findings []validation.Finding      // about the Prometheus object itself
	secrets  judge.Credentials         // of the object itself
	names    map[string]fieldpath.Path // jobs of the additional scrape configurations, and their fields

	entries map[selection.Ref]*entry // by monitor
	order   map[string][]*entry      // by kind, ordered as in the configuration
	rules   map[selection.Ref]*ruleEntry
	version uint64

	globalVersion uint64

	users    map[asset]map[selection.Ref]bool // which objects read an asset
	uses     map[selection.Ref]map[asset]bool // the inverse of users
	ofGlobal map[asset]bool                   // assets that the Prometheus object itself reads

	dirty      map[selection.Ref]bool
	stale      bool // everything has to be rendered again
	reconsider bool // all clashes have to be determined again
	clashes    clashes
	compressed map[uint64][]byte
}

// asset names a Secret or a ConfigMap.
type asset struct{ kind, namespace, name string }

// tracker records which assets are read.
type tracker struct {
	Assets

	seen map[asset]bool
}

func (t *tracker) SecretKey(namespace, name, key string) ([]byte, bool) {
	t.seen[asset{selection.SecretKind, namespace, name}] = true
	return t.Assets.SecretKey(namespace, name, key)
}

func (t *tracker) ConfigMapKey(namespace, name, key string) (string, bool) {
	t.seen[asset{selection.ConfigMapKind, namespace, name}] = true
	return t.Assets.ConfigMapKey(namespace, name, key)
}

// drain returns the assets that were read since the last call.
func (t *tracker) drain() map[asset]bool {
	seen := t.seen
	t.seen = map[asset]bool{}
	return seen
}

// newInstance returns an instance with a generator. Nothing is rendered yet.
func (e *Engine) newInstance(of *cluster.Instance) *instance {
	i := &instance{Instance: of, err: of.Err, assets: &tracker{Assets: e.assets, seen: map[asset]bool{}}, stale: true}
	i.empty()
	if i.err == nil {
		i.generator, i.err = of.Generator(i.assets, e.options)
	}
	if i.err == nil && i.generator.Unmanaged() {
		i.err = promconfig.ErrUnmanaged
	}
	return i
}

// empty drops the renderings of all objects.
func (i *instance) empty() {
	i.entries, i.order, i.rules = map[selection.Ref]*entry{}, map[string][]*entry{}, map[selection.Ref]*ruleEntry{}
	i.users, i.uses, i.dirty = map[asset]map[selection.Ref]bool{}, map[selection.Ref]map[asset]bool{}, map[selection.Ref]bool{}
}

// refreshGlobal renders the Prometheus object itself, and drops what was rendered for its previous
// version.
func (i *instance) refreshGlobal(e *Engine) {
	i.assets.drain()
	e.globals++
	i.globalVersion = e.globals
	i.global = i.generator.Global()
	i.judge = judge.New(i.generator, i.global)
	i.findings, i.secrets = i.judge.Global(), i.judge.GlobalCredentials()
	i.ofGlobal = i.assets.drain()
	i.findings = append(i.findings, i.judge.Whole(nil)...)
	i.names = i.judge.AdditionalJobs()
	i.empty()
	i.reconsider = true
	for ref := range e.selectable() {
		if e.selects(i, ref) {
			i.dirty[ref] = true
		}
	}
}

func (i *instance) has(ref selection.Ref) bool {
	return i.entries[ref] != nil || i.rules[ref] != nil
}

// refresh renders and judges the objects that changed. It stops at the first asset that cannot be
// read; the next call continues there.
func (i *instance) refresh(e *Engine) error {
	if i.stale {
		i.refreshGlobal(e)
		if err := e.assets.Err(); err != nil {
			return fmt.Errorf("rendering %s: %w", i.Ref, err)
		}
		i.stale = false
	}
	changed := slices.SortedFunc(maps.Keys(i.dirty), selection.Ref.Compare)
	for _, ref := range changed {
		i.forget(ref)
		if e.selects(i, ref) {
			e.add(i, ref, e.model.Object(ref))
		}
		if err := e.assets.Err(); err != nil {
			return fmt.Errorf("rendering %s: %w", ref, err)
		}
		delete(i.dirty, ref)
		i.clashes.changed(ref)
	}
	if e.unique {
		e.resolve(i)
	}
	return nil
}

// add renders and judges one object. If jobs have to be unique, it leaves out endpoints that repeat
// an earlier endpoint of the same monitor.
func (e *Engine) add(i *instance, ref selection.Ref, object selection.Object) {
	i.assets.drain()
	if rule, ok := object.(*monitoringv1.PrometheusRule); ok {
		file := i.generator.RuleFile(rule)
		i.rules[ref] = &ruleEntry{file: file, findings: e.explain(i, object, i.judge.RuleFile(file, rule))}
	} else {
		part := i.generator.Part(object)
		entry := newEntry(ref, part, i.judge)
		entry.findings = e.explain(i, object, entry.findings)
		if !e.unique { // only a single rendering shows ignored fields
			entry.ignored = append(entry.ignored, part.Unsupported()...)
		}
		if e.unique && entry.valid() {
			entry.repeats = e.repeated(i, part, object)
			entry.lost = entry.repeats
		}
		i.put(entry)
	}
	seen := i.assets.drain()
	if len(seen) > 0 {
		i.uses[ref] = seen
	}
	for a := range seen {
		if i.users[a] == nil {
			i.users[a] = map[selection.Ref]bool{}
		}
		i.users[a][ref] = true
	}
}

// forget drops the rendering of an object, and which assets the object reads.
func (i *instance) forget(ref selection.Ref) {
	for a := range i.uses[ref] {
		delete(i.users[a], ref)
		if len(i.users[a]) == 0 {
			delete(i.users, a)
		}
	}
	delete(i.uses, ref)
	delete(i.rules, ref)
	if e := i.entries[ref]; e != nil {
		delete(i.entries, ref)
		list := i.order[ref.Kind]
		if at, found := slices.BinarySearchFunc(list, e, compareEntries); found {
			i.order[ref.Kind] = slices.Delete(list, at, at+1)
		}
	}
}

// put inserts an entry, or replaces the entry of the same object.
func (i *instance) put(e *entry) {
	i.version++
	e.version = i.version
	i.entries[e.ref] = e
	list := i.order[e.ref.Kind]
	at, found := slices.BinarySearchFunc(list, e, compareEntries)
	if found {
		list[at] = e
		return
	}
	i.order[e.ref.Kind] = slices.Insert(list, at, e)
}
