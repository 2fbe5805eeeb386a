package upgrade

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

var externalLabelExpanded = validation.Check[*instance]{
	ID: "external-label-expanded", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A dollar sign in an external label is expanded", Since: since,
		Text: `From Prometheus 3.0 on ` + "`$name` and `${name}`" + ` in external labels are replaced by environment variables, or by nothing if there is
none. Before, that needed the feature flag ` + "`expand-external-labels`" + `. Write ` + "`$$`" + ` for a dollar sign.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) || i.has("expand-external-labels") {
			return nil
		}
		var found []validation.Finding
		for _, name := range slices.Sorted(maps.Keys(i.common.ExternalLabels)) {
			value := i.common.ExternalLabels[name]
			if strings.Contains(value, "$") {
				found = append(found, spec.At("externalLabels").AtKey(name).Finding(
					"from Prometheus 3.0 on a dollar sign in an external label refers to an environment variable", "write $$ for a dollar sign", value))
			}
		}
		return found
	},
}

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

var remoteWriteHTTP2 = validation.Check[*instance]{
	ID: "remote-write-http2", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Remote write uses HTTP/1.1", Since: since,
		Text: `From Prometheus 3.0 on remote write uses HTTP/2 only if ` + "`enableHTTP2: true`" + ` says so: it opens a connection for each shard, so that a
load balancer sees more of them. Set the field, to either value, to keep it the same over the upgrade.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) {
			return nil
		}
		var found []validation.Finding
		for n, w := range i.common.RemoteWrite {
			if w.EnableHttp2 == nil && strings.HasPrefix(string(w.URL), "https:") {
				found = append(found, spec.At("remoteWrite").Index(n).At("url").Finding(
					"from Prometheus 3.0 on this remote write uses HTTP/1.1 instead of HTTP/2", "set enableHTTP2", string(w.URL)))
			}
		}
		return found
	},
}

var contentType = validation.Check[*instance]{
	ID: "content-type", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A scrape fails without a valid Content-Type", Since: since,
		Text: `A target that answers without a ` + "`Content-Type`" + `, or with one that Prometheus does not know, was read as text in the format of
Prometheus. From 3.0 on its scrape fails, and ` + "`up`" + ` is 0, unless ` + "`fallbackScrapeProtocol`" + ` is set: on the monitor of the target, or on a
default scrape class of the Prometheus. No object says which targets that are: ` + "`curl -sI`" + ` shows the header of a target.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) || slices.ContainsFunc(i.common.ScrapeClasses, hasFallback) {
			return nil
		}
		return []validation.Finding{i.version().Finding(
			"from Prometheus 3.0 on the scrape of a target without a valid Content-Type fails",
			"set fallbackScrapeProtocol: PrometheusText0.0.4 on the monitors of such targets, or on a default scrape class", i.common.Version)}
	},
}

// hasFallback reports whether a scrape class is that of all monitors, and has a fallback.
func hasFallback(c monitoringv1.ScrapeClass) bool {
	return c.Default != nil && *c.Default && c.FallbackScrapeProtocol != nil
}

var nameUTF8 = validation.Check[*instance]{
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
