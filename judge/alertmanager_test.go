package judge

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/promconfig"
)

// TestMatcherModes: which names of labels an Alertmanager takes depends on its version and its flags, although the mode of its
// package is one for the whole process.
func TestMatcherModes(t *testing.T) {
	const dotted = "service.name"
	for name, c := range map[string]struct {
		reason   string
		version  string
		features []string
		refused  bool
	}{
		"Default": {reason: "any name since 0.27"},
		"Old":     {reason: "there were no others before", version: "v0.26.0", refused: true},
		"Classic": {reason: "a flag brings the old parser back", features: []string{"classic-mode"}, refused: true},
		"Strict":  {reason: "the new parser alone", features: []string{"utf8-strict-mode"}},
		"OldFlag": {reason: "the version comes first", version: "v0.26.0", features: []string{"utf8-strict-mode"}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := &monitoringv1.Alertmanager{}
			a.Spec.Version, a.Spec.EnableFeatures = c.version, c.features
			j := NewAlertmanager(a, promconfig.Placeholders{})
			chat := []monitoringv1alpha1.Receiver{{Name: "chat"}}
			for place, spec := range map[string]monitoringv1alpha1.AlertmanagerConfigSpec{
				"spec.route.groupBy[0]":  {Receivers: chat, Route: &monitoringv1alpha1.Route{Receiver: "chat", GroupBy: []string{dotted}}},
				"spec.route.matchers[0]": {Receivers: chat, Route: &monitoringv1alpha1.Route{Receiver: "chat", Matchers: []monitoringv1alpha1.Matcher{{Name: dotted, Value: "a", MatchType: "="}}}},
				"spec.inhibitRules[0].equal[0]": {Receivers: chat, InhibitRules: []monitoringv1alpha1.InhibitRule{{
					Equal:       []string{dotted},
					SourceMatch: []monitoringv1alpha1.Matcher{{Name: "a", Value: "b", MatchType: "="}},
					TargetMatch: []monitoringv1alpha1.Matcher{{Name: "a", Value: "c", MatchType: "="}},
				}}},
			} {
				refused := j.Object(&monitoringv1alpha1.AlertmanagerConfig{Spec: spec}).Refused
				if (len(refused) == 1) != c.refused || len(refused) > 1 {
					t.Errorf("%s: %s is refused: %v", c.reason, place, refused)
				} else if c.refused && refused[0].Path.String() != place {
					t.Errorf("%s is refused at %s", place, refused[0].Path)
				}
			}
		})
	}
}
