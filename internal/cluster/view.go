package cluster

import (
	"github.com/promgate/promgate/selection"
)

// A View answers how the instances of a cluster see the objects of one namespace, at one moment.
type View struct {
	Namespace string
	Labels    map[string]string // of the namespace

	instances []*Instance
	readers   []*selection.Reader
}

// View returns the view of a namespace as it is now.
func (m *Model) View(namespace string) View {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return View{Namespace: namespace, Labels: selection.NamespaceLabels(namespace, m.namespaces[namespace]), instances: m.instances, readers: m.readers}
}

// Selecting returns the instances that select an object of a kind with these labels,
// ordered by name.
func (v View) Selecting(kind string, labels map[string]string) []*Instance {
	var selecting []*Instance
	for _, i := range v.instances {
		if i.Selects(kind, v.Namespace, labels, v.Labels) {
			selecting = append(selecting, i)
		}
	}
	return selecting
}

// Standing reports which instances select an object of this kind, and why the others do not. known
// is false if no instance has a selector for the kind.
func (v View) Standing(kind string, labels map[string]string) (standing selection.Standing, known bool) {
	for _, i := range v.instances {
		if !i.Selectors.Has(kind) {
			continue
		}
		known = true
		gap := i.Selectors.Gap(kind, v.Namespace, labels, v.Labels)
		if gap.Closed() {
			standing.SelectedBy = append(standing.SelectedBy, i.Name())
		} else {
			standing.Near = append(standing.Near, selection.Near{Name: i.Name(), Gap: gap})
		}
	}
	standing.Sort()
	return standing, known
}

// Unselected returns, for each instance, why it does not select the object, the nearest first. It
// is empty if an instance selects the object or refers to it by its name, if a reader takes it, or if there is no instance
// at all.
func (v View) Unselected(kind, name string, labels map[string]string) []selection.Near {
	standing, known := v.Standing(kind, labels)
	switch {
	case len(standing.SelectedBy) > 0 || len(v.Readers(kind, labels)) > 0 || len(v.Naming(kind, name)) > 0:
		return nil
	case !known:
		return v.notAsking(kind)
	case standing.Near[0].Gap.Unwatched != "":
		return standing.Near[:1] // all instances are in the same operator's scope
	}
	return standing.Near
}

// notAsking returns the names of the instances that could select objects of a kind, but have no
// selector for it.
func (v View) notAsking(kind string) []selection.Near {
	var near []selection.Near
	for _, i := range v.instances {
		if i.Selectors != nil && selection.MaySelect(i.Ref.Kind, kind) {
			near = append(near, selection.Near{Name: i.Name(), Gap: selection.Gap{Never: true, NoSelector: kind}})
		}
	}
	return near
}

// Using returns the instances that select an object, and those that refer to it by its name, ordered by name.
func (v View) Using(kind, name string, labels map[string]string) []*Instance {
	var using []*Instance
	for _, i := range v.instances {
		if i.Selects(kind, v.Namespace, labels, v.Labels) || i.Selectors.Names(kind, v.Namespace, name) {
			using = append(using, i)
		}
	}
	return using
}

// Naming returns the instances that use an object of a kind because they refer to it by its name: see
// [selection.Selectors.Names].
func (v View) Naming(kind, name string) []*Instance {
	var naming []*Instance
	for _, i := range v.instances {
		if i.Selectors.Names(kind, v.Namespace, name) {
			naming = append(naming, i)
		}
	}
	return naming
}
