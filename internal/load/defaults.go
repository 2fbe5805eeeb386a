package load

// relabelingFields are the fields that hold lists of relabelings, in all kinds.
var relabelingFields = map[string]bool{
	"relabelings": true, "metricRelabelings": true, "relabelingConfigs": true,
	"writeRelabelConfigs": true, "alertRelabelings": true,
}

// applyDefaults sets the defaults of the operator's CRDs (v0.95.1) that affect a configuration.
func (o *Object) applyDefaults() {
	spec, ok := o.Fields["spec"].(map[string]any)
	if !ok {
		return
	}
	switch o.Kind {
	case "Prometheus":
		setDefault(spec, "evaluationInterval", "30s")
		setDefault(spec, "scrapeInterval", "30s")
	case "PrometheusAgent":
		setDefault(spec, "scrapeInterval", "30s")
	case "Probe":
		if prober, ok := spec["prober"].(map[string]any); ok {
			setDefault(prober, "path", "/probe")
		}
	case "ServiceMonitor", "PodMonitor", "ScrapeConfig":
	default:
		return
	}
	defaultActions(spec)
}

func defaultActions(value any) {
	switch v := value.(type) {
	case []any:
		for _, entry := range v {
			defaultActions(entry)
		}
	case map[string]any:
		for key, inner := range v {
			list, isList := inner.([]any)
			if !isList || !relabelingFields[key] {
				defaultActions(inner)
				continue
			}
			for _, entry := range list {
				if rule, ok := entry.(map[string]any); ok {
					setDefault(rule, "action", "replace")
				}
			}
		}
	}
}

func setDefault(m map[string]any, key string, value any) {
	if m[key] == nil {
		m[key] = value
	}
}
