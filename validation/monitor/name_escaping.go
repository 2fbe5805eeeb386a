package monitor

import (
	"fmt"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

var nameEscaping = validation.Check[NameSchemes]{
	ID: "name-escaping", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "UTF-8 names are asked for, and not allowed",
		Text: "`nameEscapingScheme: AllowUTF8`" + ` asks the target for names in UTF-8. Where names are limited to
the old character set, by ` + "`nameValidationScheme: Legacy`" + ` here or on the Prometheus, Prometheus refuses
its whole configuration.

Choose ` + "`Underscores`" + `, which is the default for the old names, or allow UTF-8 with
` + "`nameValidationScheme: UTF8`" + `.

Prometheus 3.4 to 3.6 give a job with ` + "`nameValidationScheme: Legacy` and without `nameEscapingScheme`" + ` the escaping
of the Prometheus, which is ` + "`AllowUTF8`" + ` by default, and refuse it. There, write both fields.`,
		Since: "v0.1.0",
	},
	Run: func(n NameSchemes, s validation.Snapshot) []validation.Finding {
		// Prometheus v0.316 config.go, ScrapeConfig.Validate. prometheus-operator v0.93.0
		// writes the one scheme from 3.0 on, the other from 3.4 on. A place that stays
		// wrong without its neighbour is the one to name.
		p := s.Prometheus
		if !p.Has(since.NameEscapingScheme) {
			return nil
		}
		allows := n.Escaping.Value == string(monitoringv1.AllowUTF8NameEscapingScheme)
		forbids := strings.EqualFold(n.Validation.Value, string(monitoringv1.LegacyNameValidationScheme))
		const fix = "remove nameEscapingScheme, or set nameValidationScheme to UTF8"
		switch {
		case allows && forbids && !p.LegacyScheme:
			return []validation.Finding{n.Validation.Finding(
				fmt.Sprintf("%s forbids the names that nameEscapingScheme %s asks for", n.Validation.Value, n.Escaping.Value), fix, n.Escaping.Value)}
		case allows && n.Validation.Value != string(monitoringv1.UTF8NameValidationScheme) && p.LegacyScheme:
			return []validation.Finding{n.Escaping.Finding(
				fmt.Sprintf("%s asks for names that Prometheus %s forbids (nameValidationScheme Legacy)", n.Escaping.Value, p.Name), fix, n.Escaping.Value)}
		case n.Escaping.Value == "" && forbids && p.Escaping == model.AllowUTF8 && !p.Has(since.ConfiguredNames):
			return []validation.Finding{n.Validation.Finding(
				fmt.Sprintf("%s forbids names in UTF-8, for which Prometheus %s asks: version %s does not choose another escaping for such a job", n.Validation.Value, p.Name, p.Version),
				"set nameEscapingScheme to Underscores beside it", n.Validation.Value)}
		}
		return nil
	},
}

// nameSchemesOf walks to the rules for names.
func nameSchemesOf(o *Object) []NameSchemes { return []NameSchemes{o.NameSchemes} }
