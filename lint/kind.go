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

// checkKind reports an object that is meant for the operator, and that no API server has the kind of.
func (l *linter) checkKind(o *object, apiVersion, kind string) {
	group, _, _ := strings.Cut(apiVersion, "/")
	isGroup := group == monitoringv1.SchemeGroupVersion.Group
	nearest := nearestKind(kind)
	path, problem, fix := fieldpath.New("kind"), fmt.Sprintf("there is no kind %q", kind), ""
	switch {
	case nearest == nil && isGroup:
		problem += " in " + group
	case nearest == nil, !isGroup && (apiVersion != "" || nearest.Kind != kind):
		return // it is of others
	case nearest.Kind == kind:
		path, problem = fieldpath.New("apiVersion"), fmt.Sprintf("there is no kind %s in apiVersion %q", kind, apiVersion)
		fix = "write " + nearest.GroupVersion().String()
	default:
		fix = "did you mean " + nearest.Kind + "?"
	}
	o.enlist()
	l.refuse(o, file.Schema, path, problem, fix)
}

// nearestKind returns the kind of the operator that a word differs from only in upper and lower case,
// or by a plural.
func nearestKind(word string) *selection.Kind {
	for _, kind := range selection.AllKinds() {
		singular := strings.TrimSuffix(word, "s")
		if kind.IsOperators() && (strings.EqualFold(kind.Kind, word) || strings.EqualFold(kind.Kind, singular)) {
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
