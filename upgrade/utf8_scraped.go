package upgrade

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

var utf8Scraped = validation.Check[*instance]{
	ID: "utf8-scraped", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Targets are asked for names in UTF-8", Since: since,
		Text: `From Prometheus 3.0 on a scrape asks for names in UTF-8. A target whose names have dots, such as those of OpenTelemetry, exposed
` + "`http_server_duration`" + ` to an older Prometheus, and may expose ` + "`http.server.duration`" + ` now: rules and dashboards that use the
name with underscores then find nothing. Set ` + "`nameValidationScheme: Legacy`" + ` to keep the names.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) || i.common.NameValidationScheme != nil || i.has("utf8-names") {
			return nil
		}
		return []validation.Finding{i.version().Finding(
			"from Prometheus 3.0 on targets are asked for names in UTF-8, so that names with dots may no longer have underscores instead",
			fmt.Sprintf("set nameValidationScheme: %s to keep the names", monitoringv1.LegacyNameValidationScheme), i.common.Version)}
	},
}
