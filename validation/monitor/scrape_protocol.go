package monitor

import (
	"fmt"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/config"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

var scrapeProtocol = validation.Check[Bounds]{
	ID: "scrape-protocol", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus cannot read the scrape protocols",
		Text: `Prometheus refuses its whole configuration for a protocol that it does not know, and for a
protocol that is listed twice. It also refuses an empty list, which the operator writes if
` + "`PrometheusText1.0.0`" + ` is the only protocol and the Prometheus has version 2: it omits the protocols
that this version does not know.

Without the field Prometheus asks for all protocols, which is nearly always right.`,
		Since: "v0.1.0",
	},
	Run: func(b Bounds, s validation.Snapshot) []validation.Finding {
		return append(b.protocols(s.Prometheus), b.fallback(s.Prometheus)...)
	},
}

// protocols checks the list as Prometheus v0.316 does (config.go,
// validateAcceptScrapeProtocols), without the protocols that prometheus-operator v0.93.0
// omits.
func (b Bounds) protocols(p validation.Prometheus) []validation.Finding {
	if !p.Has(since.ScrapeProtocols) || len(b.Protocols) == 0 {
		return nil
	}
	list := b.At("scrapeProtocols")
	var found []validation.Finding
	seen := map[string]bool{}
	for i, protocol := range b.Protocols {
		if protocol == monitoringv1.PrometheusText1_0_0 && !p.Has(since.PrometheusText1) {
			continue
		}
		folded := strings.ToLower(string(protocol))
		switch {
		case seen[folded]:
			found = append(found, list.Index(i).Finding(fmt.Sprintf("%q is in the list already", protocol), "remove it", string(protocol)))
		case config.ScrapeProtocol(protocol).Validate() != nil:
			found = append(found, protocolUnknown(list.Index(i), protocol))
		}
		seen[folded] = true
	}
	if len(seen) == 0 {
		found = append(found, list.Finding(
			fmt.Sprintf("Prometheus %s knows none of these protocols (PrometheusText1.0.0 needs 3.0), and needs at least one", p.Version),
			"add PrometheusText0.0.4, or remove the field", string(monitoringv1.PrometheusText1_0_0)))
	}
	return found
}

func (b Bounds) fallback(p validation.Prometheus) []validation.Finding {
	if b.Fallback == nil || *b.Fallback == "" || !p.Has(since.FallbackScrapeProtocol) || config.ScrapeProtocol(*b.Fallback).Validate() == nil {
		return nil
	}
	return []validation.Finding{protocolUnknown(b.At("fallbackScrapeProtocol"), *b.Fallback)}
}

// protocolsOfCRD are the protocols that an object can have. Prometheus knows more.
var protocolsOfCRD = []string{
	string(monitoringv1.PrometheusProto), string(monitoringv1.OpenMetricsText0_0_1), string(monitoringv1.OpenMetricsText1_0_0),
	string(monitoringv1.PrometheusText0_0_4), string(monitoringv1.PrometheusText1_0_0),
}

func protocolUnknown(at validation.Place, protocol monitoringv1.ScrapeProtocol) validation.Finding {
	return at.Finding(fmt.Sprintf("Prometheus does not know the protocol %q", protocol), "choose from "+strings.Join(protocolsOfCRD, ", "), string(protocol))
}
