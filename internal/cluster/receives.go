package cluster

import (
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/promconfig"
)

// receives reports whether a Prometheus may have series that come neither from its own rules nor from a
// monitor: it reads from others, receives what others send, or has scrape configurations that no monitor
// makes.
func receives(g *promconfig.Generator, o *monitoringv1.Prometheus) bool {
	s := &o.Spec
	return g.Unmanaged() || len(s.RemoteRead) > 0 || s.AdditionalScrapeConfigs != nil ||
		s.EnableRemoteWriteReceiver || s.EnableOTLPReceiver != nil && *s.EnableOTLPReceiver || s.OTLP != nil ||
		slices.ContainsFunc(g.Features(), isReceiver) ||
		slices.ContainsFunc(s.AdditionalArgs, func(a monitoringv1.Argument) bool { return isReceiver(a.Name) }) ||
		slices.ContainsFunc(s.ScrapeClasses, func(c monitoringv1.ScrapeClass) bool { return jobs.MayImport(c.Relabelings, c.MetricRelabelings) })
}

// isReceiver reports whether a feature flag or an argument makes Prometheus receive samples:
// remote-write-receiver, web.enable-otlp-receiver.
func isReceiver(name string) bool { return strings.HasSuffix(name, "-receiver") }
