// Package alertmanager has the checks on Alertmanager, and on the Secret with its configuration.
package alertmanager

import (
	"context"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/change"
	"github.com/promgate/promgate/validation/part/notification"
)

// Kind returns Alertmanager with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.AlertmanagersKind), read, checks())
}

var specPlace = validation.Place{Path: fieldpath.New("spec")}

// checks returns the checks of the kind: those that deny, then those that warn.
func checks() []validation.Check[*object] {
	return slices.Concat(
		[]validation.Check[*object]{
			validation.Each(part.SelectorCheck, selectorsOf),
			alertmanagerBase,
			alertmanagerArguments,
			templateFile,
		},
		change.Denying[*object](specPlace),
		[]validation.Check[*object]{
			configMissing,
			templateMissing,
			on(notification.TemplateText),
			on(notification.RouteUnreachable),
			on(notification.InhibitInert),
			on(notification.ReceiverUnused),
			on(notification.IntervalUnused),
		},
		change.Warning[*object](specPlace),
	)
}

// An object is an Alertmanager that is checked.
type object struct {
	raw     *monitoringv1.Alertmanager
	verdict *validation.Verdict
	read    *notification.Config
}

func read(_ context.Context, a *monitoringv1.Alertmanager, _ validation.Snapshot) (*object, error) {
	return &object{raw: a}, nil
}

// judged asks the judge once for all checks.
func (o *object) judged(s validation.Snapshot) validation.Verdict {
	if o.verdict == nil {
		o.verdict = &validation.Verdict{}
		if s.Judge != nil {
			*o.verdict = s.Judge.Object(o.raw)
		}
	}
	return *o.verdict
}

// templates returns the template files of the Alertmanager, as far as they are known.
func (o *object) templates(s validation.Snapshot) validation.Templates {
	if view := o.judged(s).Alertmanager; view != nil {
		return view.Templates
	}
	return validation.Templates{}
}

// selectorsOf returns the selectors of an Alertmanager. With one that cannot be read the operator writes no configuration.
func selectorsOf(o *object) []part.LabelSelector {
	var all []part.LabelSelector
	add := func(field string, s *metav1.LabelSelector) {
		if s != nil {
			all = append(all, part.LabelSelector{Place: validation.Place{Path: fieldpath.New("spec", field)}, LabelSelector: *s})
		}
	}
	add("alertmanagerConfigSelector", o.raw.Spec.AlertmanagerConfigSelector)
	add("alertmanagerConfigNamespaceSelector", o.raw.Spec.AlertmanagerConfigNamespaceSelector)
	return all
}
