// Package alertmanagerconfig has the checks on AlertmanagerConfig, in both of its versions.
package alertmanagerconfig

import (
	"context"
	"strconv"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/notification"
)

// Kinds returns both versions of AlertmanagerConfig with all their checks.
func Kinds() []validation.Kind {
	return []validation.Kind{
		validation.NewKind(monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.AlertmanagerConfigKind), readAlpha, checks()),
		validation.NewKind(monitoringv1beta1.SchemeGroupVersion.WithKind(monitoringv1beta1.AlertmanagerConfigKind), readBeta, checks()),
	}
}

// checks returns the checks of the kind: those that deny, then those that warn.
func checks() []validation.Check[*object] {
	return []validation.Check[*object]{
		alertmanagerRefuses,
		alertmanagerLeftOut,
		part.NotSelectedBy[*object]("Alertmanager"),
		part.FieldTooNew(fieldsTooNew),
		on(notification.TemplateText),
		on(notification.RouteUnreachable),
		on(notification.InhibitInert),
		on(notification.ReceiverUnused),
		on(notification.IntervalUnused),
	}
}

// An object is an AlertmanagerConfig that is checked.
type object struct {
	raw any

	// config is the object as v1alpha1. It is nil if it cannot be converted, which the judge reports.
	config *monitoringv1alpha1.AlertmanagerConfig

	// intervals is where its time intervals are.
	intervals fieldpath.Path

	verdict *validation.Verdict
	read    *notification.Config
}

func readAlpha(_ context.Context, c *monitoringv1alpha1.AlertmanagerConfig, _ validation.Snapshot) (*object, error) {
	return &object{raw: c, config: c, intervals: specPath.Field("muteTimeIntervals")}, nil
}

func readBeta(_ context.Context, c *monitoringv1beta1.AlertmanagerConfig, _ validation.Snapshot) (*object, error) {
	o := &object{raw: c, intervals: specPath.Field("timeIntervals")}
	converted := &monitoringv1alpha1.AlertmanagerConfig{}
	if err := c.ConvertTo(converted); err == nil {
		o.config = converted
	}
	return o, nil
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

// named adds to findings the names of the receivers that they are about.
func (o *object) named(found []validation.Finding) []validation.Finding {
	out := make([]validation.Finding, len(found))
	for i, f := range found {
		f.Subject = o.subjectAt(f.Path)
		out[i] = f
	}
	return out
}

var receiversPath = fieldpath.New("spec", "receivers")

func (o *object) subjectAt(path fieldpath.Path) validation.Subject {
	if o.config == nil || !path.Within(receiversPath) || path.Len() <= receiversPath.Len() {
		return nil
	}
	at := path.Steps()[receiversPath.Len()].Index
	if at >= len(o.config.Spec.Receivers) {
		return nil
	}
	return validation.Subject{"receiver " + strconv.Quote(o.config.Spec.Receivers[at].Name)}
}

func fieldsTooNew(o *object, s validation.Snapshot) []validation.Finding {
	return o.named(o.judged(s).Ignored)
}
