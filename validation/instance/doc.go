// Package instance has the checks on the objects that select others: Prometheus, PrometheusAgent and
// ThanosRuler. A mistake in one of them costs everything that it selects.
package instance

import (
	"context"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/change"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/relabel"
)

// Kinds returns Prometheus, PrometheusAgent and ThanosRuler, each with its checks.
func Kinds() []validation.Kind {
	return []validation.Kind{
		validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusesKind), read[*monitoringv1.Prometheus], checks()),
		validation.NewKind(monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.PrometheusAgentsKind), read[*monitoringv1alpha1.PrometheusAgent], checks()),
		validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ThanosRulerKind), read[*monitoringv1.ThanosRuler], checks()),
	}
}

// checks returns the checks that the kinds share: those that deny, then those that warn.
func checks() []validation.Check[*Object] {
	denying := []validation.Check[*Object]{
		validation.Each(part.SelectorCheck, selectorsOf),
		unusableInstance,
		validation.Each(relabel.RelabelRegex, relabelingsOf),
		validation.Each(relabel.RelabelAction, relabelingsOf),
		validation.Each(relabel.RelabelFields, relabelingsOf),
		validation.Each(client.ReferenceName, clientsOf),
		validation.Each(client.OAuth2, clientsOf),
		serverArguments,
		part.Configuration(refused),
	}
	warning := []validation.Check[*Object]{
		part.FieldTooNew(fieldsTooNew),
		featureUnknown,
	}
	return slices.Concat(denying, change.Denying[*Object](specPlace), warning, change.Warning[*Object](specPlace))
}

// An Object is an object that selects others. It is checked by one goroutine.
type Object struct {
	object    selection.Object
	selectors []part.LabelSelector

	clients     []client.Client
	relabelings []relabel.Relabelings

	verdict *validation.Verdict // nil until the judge has been asked
}

var specPlace = validation.Place{Path: fieldpath.New("spec")}

func read[O selection.Object](_ context.Context, object O, _ validation.Snapshot) (*Object, error) {
	o := &Object{object: object}
	for _, c := range selection.ChoicesOf(object) {
		o.addSelector(c.Field+"Selector", c.Objects)
		o.addSelector(c.Field+"NamespaceSelector", c.Namespaces)
	}
	o.addParts(object)
	return o, nil
}

func (o *Object) addSelector(field string, s *metav1.LabelSelector) {
	if s != nil {
		o.selectors = append(o.selectors, part.LabelSelector{Place: specPlace.At(field), LabelSelector: *s, ByAPIServer: true})
	}
}

// selectorsOf walks to every selector.
func selectorsOf(o *Object) []part.LabelSelector { return o.selectors }

// judged asks the judge once for all checks.
func (o *Object) judged(s validation.Snapshot) validation.Verdict {
	if o.verdict == nil {
		o.verdict = &validation.Verdict{}
		if s.Judge != nil {
			*o.verdict = s.Judge.Object(o.object)
		}
	}
	return *o.verdict
}
