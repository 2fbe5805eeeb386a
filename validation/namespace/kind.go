// Package namespace has the checks on the labels of a Namespace, by which instances choose where they select. Only an
// update has findings.
package namespace

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/change"
)

var labelsPlace = validation.Place{Path: fieldpath.New("metadata", "labels")}

// Kind returns Namespace with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(corev1.SchemeGroupVersion.WithKind(selection.NamespaceKind), read,
		slices.Concat(change.Denying[*corev1.Namespace](labelsPlace), change.Warning[*corev1.Namespace](labelsPlace)))
}

func read(_ context.Context, n *corev1.Namespace, _ validation.Snapshot) (*corev1.Namespace, error) {
	return n, nil
}
