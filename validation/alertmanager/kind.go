// Package alertmanager has the checks on Alertmanager.
package alertmanager

import (
	"context"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/change"
)

// Kind returns Alertmanager with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.AlertmanagersKind), read, checks())
}

var specPlace = validation.Place{Path: fieldpath.New("spec")}

func checks() []validation.Check[*object] {
	return slices.Concat([]validation.Check[*object]{alertmanagerBase}, change.Denying[*object](specPlace), change.Warning[*object](specPlace))
}

// An object is an Alertmanager that is checked.
type object struct{ raw *monitoringv1.Alertmanager }

func read(_ context.Context, a *monitoringv1.Alertmanager, _ validation.Snapshot) (*object, error) {
	return &object{raw: a}, nil
}
