package upgrade

import (
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

var alertmanagerV1 = validation.Check[*instance]{
	ID: "alertmanager-v1", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Alerts are sent by another API", Since: since,
		Text: `Prometheus 3.0 refuses the API v1 of Alertmanager. The operator therefore leaves ` + "`apiVersion: V1`" + ` out, and Prometheus
sends alerts by v2, which Alertmanager has from 0.16 on.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) || i.server == nil || i.server.Alerting == nil {
			return nil
		}
		var found []validation.Finding
		for n, a := range i.server.Alerting.Alertmanagers {
			if a.APIVersion != nil && strings.EqualFold(string(*a.APIVersion), string(monitoringv1.AlertmanagerAPIVersion1)) {
				found = append(found, spec.At("alerting", "alertmanagers").Index(n).At("apiVersion").Finding(
					"Prometheus 3.0 does not have the API v1 of Alertmanager: alerts are sent by v2", "make sure that the Alertmanager is 0.16 or later, and write V2", string(*a.APIVersion)))
			}
		}
		return found
	},
}
