package review

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// readers are the engines that read an object which no instance selects.
type readers []*selection.Reader

// speakUnknown reports whether the object is rules, and one of the readers reads them in a language that promgate
// cannot judge. That reader may take what the others refuse, so nothing is certain about the object.
func (r readers) speakUnknown(kind string) bool {
	return kind == monitoringv1.PrometheusRuleKind && r.speak(selection.UnknownLanguage)
}

func (r readers) speak(language selection.Language) bool {
	return slices.ContainsFunc(r, func(reader *selection.Reader) bool { return reader.Engine.Language() == language })
}

// mayReadOtherwise reports whether the object is a monitor or an AlertmanagerConfig, and one of the readers may take what
// Prometheus or Alertmanager refuses of it.
func (r readers) mayReadOtherwise(kind string) bool {
	return kind != monitoringv1.PrometheusRuleKind && slices.ContainsFunc(r, func(reader *selection.Reader) bool { return !reader.Engine.ReadsMonitorsAsPrometheus() })
}

// unselectedSnapshots returns the snapshots for an object that no instance selects: one for each language in
// which a reader reads rules, and a permissive one if there is no reader.
func (v *visit) unselectedSnapshots() []validation.Snapshot {
	permissive := validation.Permissive()
	permissive.Judge, permissive.ParseTime, permissive.Memo = v.Judge, v.request.ParseTime, v.request.Memo
	if v.request.Kind.Kind != monitoringv1.PrometheusRuleKind || !v.readers.speak(selection.MetricsQL) {
		return []validation.Snapshot{permissive}
	}
	metricsQL := permissive
	metricsQL.Language, metricsQL.Judge = selection.MetricsQL, nil
	if v.readers.speak(selection.PromQL) {
		return []validation.Snapshot{permissive, metricsQL}
	}
	return []validation.Snapshot{metricsQL}
}
