package lint

import (
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation/file"
)

// otherKinds are the kinds of the operator that promgate does not check.
var otherKinds = []string{"Alertmanager", "AlertmanagerConfig"}

// checkKind reports an object that is meant for the operator, and that no API server has the kind of.
func (l *linter) checkKind(o *object, apiVersion, kind string) {
	group, _, _ := strings.Cut(apiVersion, "/")
	isGroup := group == monitoringv1.SchemeGroupVersion.Group
	if isGroup && slices.Contains(otherKinds, kind) {
		return
	}
	nearest := nearestKind(kind)
	switch {
	case nearest == nil, !isGroup && (apiVersion != "" || nearest.Kind != kind):
		if isGroup {
			o.file.objects = append(o.file.objects, o)
			l.addShape(o, file.Schema, fieldpath.New("kind"), fmt.Sprintf("there is no kind %q in %s", kind, monitoringv1.SchemeGroupVersion.Group), "")
		}
		return
	case nearest.Kind == kind:
		o.file.objects = append(o.file.objects, o)
		l.addShape(o, file.Schema, fieldpath.New("apiVersion"), fmt.Sprintf("there is no kind %s in apiVersion %q", kind, apiVersion), "write "+nearest.GroupVersion().String())
	default:
		o.file.objects = append(o.file.objects, o)
		l.addShape(o, file.Schema, fieldpath.New("kind"), fmt.Sprintf("there is no kind %q", kind), "did you mean "+nearest.Kind+"?")
	}
}

// nearestKind returns the kind of the operator that a word differs from only in upper and lower case,
// or by a plural.
func nearestKind(word string) *selection.Kind {
	for _, kind := range selection.AllKinds() {
		singular := strings.TrimSuffix(word, "s")
		if (kind.Instance || kind.Selectable) && (strings.EqualFold(kind.Kind, word) || strings.EqualFold(kind.Kind, singular)) {
			return &kind
		}
	}
	return nil
}

// hasRules reports whether a document is a plain rule file: a group of it has rules.
func hasRules(fields map[string]any) bool {
	groups, _ := fields["groups"].([]any)
	return slices.ContainsFunc(groups, func(g any) bool {
		group, _ := g.(map[string]any)
		_, ok := group["rules"]
		return ok
	})
}
