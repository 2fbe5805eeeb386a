// Package alertmanager has the checks on Alertmanager.
package alertmanager

import (
	"context"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// Kind returns Alertmanager with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.AlertmanagersKind), read, []validation.Check[*object]{alertmanagerBase})
}

// An object is an Alertmanager that is checked.
type object struct{ raw *monitoringv1.Alertmanager }

func read(_ context.Context, a *monitoringv1.Alertmanager, _ validation.Snapshot) (*object, error) {
	return &object{raw: a}, nil
}
