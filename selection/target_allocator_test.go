package selection

import (
	"testing"

	"sigs.k8s.io/yaml"
)

func TestReaderIn(t *testing.T) {
	const collector = "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: {name: otel}\nspec: {targetAllocator: {enabled: true, prometheusCR: {enabled: true, "
	for name, c := range map[string]struct {
		object, kind string
		takes        bool
		isNone       bool
	}{
		"Selected":      {object: collector + "serviceMonitorSelector: {matchLabels: {team: a}}}}}", kind: "ServiceMonitor", takes: true},
		"OtherLabels":   {object: collector + "serviceMonitorSelector: {matchLabels: {team: b}}}}}", kind: "ServiceMonitor"},
		"OtherKind":     {object: collector + "serviceMonitorSelector: {}}}}", kind: "PodMonitor"},
		"Everything":    {object: collector + "scrapeConfigSelector: {}}}}", kind: "ScrapeConfig", takes: true},
		"Namespaces":    {object: collector + "probeSelector: {}, probeNamespaceSelector: {matchLabels: {tier: prod}}}}}", kind: "Probe", takes: true},
		"OtherSpace":    {object: collector + "probeSelector: {}, probeNamespaceSelector: {matchLabels: {tier: test}}}}}", kind: "Probe"},
		"Allowed":       {object: collector + "podMonitorSelector: {}, allowNamespaces: [shop]}}}", kind: "PodMonitor", takes: true},
		"NotAllowed":    {object: collector + "podMonitorSelector: {}, allowNamespaces: [bank]}}}", kind: "PodMonitor"},
		"Denied":        {object: collector + "podMonitorSelector: {}, denyNamespaces: [shop]}}}", kind: "PodMonitor"},
		"NoSelector":    {object: collector + "}}}", isNone: true},
		"Disabled":      {object: "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nspec: {targetAllocator: {prometheusCR: {enabled: true, podMonitorSelector: {}}}}", isNone: true},
		"NoCRs":         {object: "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nspec: {targetAllocator: {enabled: true, prometheusCR: {podMonitorSelector: {}}}}", isNone: true},
		"Alpha":         {object: "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\nspec: {targetAllocator: {enabled: true, prometheusCR: {enabled: true, podMonitorSelector: {team: a}}}}", kind: "PodMonitor", takes: true},
		"AlphaAll":      {object: "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\nspec: {targetAllocator: {enabled: true, prometheusCR: {enabled: true}}}", kind: "ServiceMonitor", takes: true},
		"Allocator":     {object: "apiVersion: opentelemetry.io/v1alpha1\nkind: TargetAllocator\nspec: {prometheusCR: {enabled: true, podMonitorSelector: {matchLabels: {team: a}}}}", kind: "PodMonitor", takes: true},
		"OtherVersion":  {object: "apiVersion: opentelemetry.io/v2\nkind: TargetAllocator\nspec: {prometheusCR: {enabled: true, podMonitorSelector: {}}}", isNone: true},
		"OtherGroup":    {object: "apiVersion: example.org/v1alpha1\nkind: TargetAllocator\nspec: {prometheusCR: {enabled: true, podMonitorSelector: {}}}", isNone: true},
		"WrongSelector": {object: collector + "podMonitorSelector: [a]}}}", isNone: true},
	} {
		fields := map[string]any{}
		if err := yaml.Unmarshal([]byte(c.object), &fields); err != nil {
			t.Fatal(err)
		}
		r := ReaderIn(fields, "monitoring")
		if (r == nil) != c.isNone {
			t.Errorf("%s: %v", name, r)
		}
		if r == nil {
			continue
		}
		if got := r.Takes(c.kind, "shop", map[string]string{"team": "a"}, map[string]string{"tier": "prod"}); got != c.takes {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
