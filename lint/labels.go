package lint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation/file"
)

// addLabels adds the labels that the mutating webhook would add to the object, so that the object is
// reviewed as the Prometheus or Alertmanager would see it, and reports that the file lacks them.
func (l *linter) addLabels(o *object) {
	wanted, gets := l.Labels.For(o.kind.Kind)
	if !gets || o.typed == nil || o.rules {
		return
	}
	view := l.model.View(o.namespace)
	object := defaulting.Object{Labels: o.typed.GetLabels(), Annotations: o.typed.GetAnnotations()}
	if defaulting.Ignored(object, view.Labels) {
		return
	}
	candidates, known := review.LabelCandidates(o.kind.Kind, o.name, object.Labels, view)
	if known {
		wanted = defaulting.Choose(candidates, l.Labels.Default(o.kind.Kind))
	}
	missing := defaulting.Create(object, view.Labels, wanted)
	if len(missing) == 0 {
		return
	}
	labels := maps.Clone(object.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, missing)
	o.typed.SetLabels(labels)
	l.reportLabels(o, missing)
}

func (l *linter) reportLabels(o *object, missing map[string]string) {
	path, list := fieldpath.New("metadata", "labels"), defaulting.List(missing)
	var entries [][2]string
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		entries = append(entries, [2]string{name, missing[name]})
	}
	edit, isFixable := o.document.AddStrings(o.inDocument(path), entries)
	fix := "add " + list + " to metadata.labels"
	if isFixable {
		fix = "run promgate lint --fix, so that the file says what the cluster has"
	}
	found := l.add(o, file.LabelMissing, path, fmt.Sprintf("no %s selects the object without %s, which promgate adds at kubectl apply", defaulting.InstanceFor(o.kind.Kind), list), fix)
	if found != nil && isFixable {
		found.fix = &edit
	}
}
