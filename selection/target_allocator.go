package selection

import (
	"encoding/json"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const openTelemetryGroup = "opentelemetry.io/"

// allocator is what counts of an OpenTelemetryCollector or a TargetAllocator.
type allocator struct {
	Kind     string `json:"kind"`
	Version  string `json:"apiVersion"`
	Metadata struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		PrometheusCR    prometheusCR `json:"prometheusCR"` // of a TargetAllocator
		TargetAllocator struct {
			Enabled      bool         `json:"enabled"`
			PrometheusCR prometheusCR `json:"prometheusCR"`
		} `json:"targetAllocator"`
	} `json:"spec"`
}

// prometheusCR says which objects a target allocator takes.
type prometheusCR struct {
	Enabled         bool     `json:"enabled"`
	AllowNamespaces []string `json:"allowNamespaces"`
	DenyNamespaces  []string `json:"denyNamespaces"`

	ServiceMonitorSelector          json.RawMessage       `json:"serviceMonitorSelector"`
	PodMonitorSelector              json.RawMessage       `json:"podMonitorSelector"`
	ProbeSelector                   json.RawMessage       `json:"probeSelector"`
	ScrapeConfigSelector            json.RawMessage       `json:"scrapeConfigSelector"`
	ServiceMonitorNamespaceSelector *metav1.LabelSelector `json:"serviceMonitorNamespaceSelector"`
	PodMonitorNamespaceSelector     *metav1.LabelSelector `json:"podMonitorNamespaceSelector"`
	ProbeNamespaceSelector          *metav1.LabelSelector `json:"probeNamespaceSelector"`
	ScrapeConfigNamespaceSelector   *metav1.LabelSelector `json:"scrapeConfigNamespaceSelector"`
}

// ReaderIn returns the reader that an object of another operator stands for, or nil: that of an
// OpenTelemetryCollector or TargetAllocator whose target allocator takes monitors. The namespace is that of an
// object without one. What cannot be read stands for no reader.
//
// The allocator has the operator's own code select the monitors, so that a nil selector selects none; only without a
// namespace selector it takes all namespaces (opentelemetry-operator, cmd/otel-allocator, internal/watcher and
// internal/config).
func ReaderIn(fields map[string]any, namespace string) *Reader {
	kind, _ := fields["kind"].(string)
	version, _ := fields["apiVersion"].(string)
	isCollector := kind == "OpenTelemetryCollector" && (version == openTelemetryGroup+"v1beta1" || version == openTelemetryGroup+"v1alpha1")
	isAllocator := kind == "TargetAllocator" && (version == openTelemetryGroup+"v1alpha1" || version == openTelemetryGroup+"v1beta1")
	if !isCollector && !isAllocator {
		return nil
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return nil
	}
	a := allocator{}
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil
	}
	if a.Metadata.Namespace == "" {
		a.Metadata.Namespace = namespace
	}
	cr := a.Spec.PrometheusCR
	if isCollector {
		cr = a.Spec.TargetAllocator.PrometheusCR
		cr.Enabled = cr.Enabled && a.Spec.TargetAllocator.Enabled
	}
	if !cr.Enabled {
		return nil
	}
	selectors, err := cr.selectors(isCollector && version == openTelemetryGroup+"v1alpha1")
	if err != nil || len(selectors) == 0 {
		return nil
	}
	return &Reader{Name: kind + " " + a.Metadata.Namespace + "/" + a.Metadata.Name, Engine: OpenTelemetry, found: true, selectors: selectors}
}

// selectors reads the selectors. The v1alpha1 of an OpenTelemetryCollector writes labels alone, and without any it
// takes all objects.
func (c prometheusCR) selectors(labelsAlone bool) (Selectors, error) {
	all := Selectors{}
	for _, s := range []struct {
		kind       string
		objects    json.RawMessage
		namespaces *metav1.LabelSelector
	}{
		{monitoringv1.ServiceMonitorsKind, c.ServiceMonitorSelector, c.ServiceMonitorNamespaceSelector},
		{monitoringv1.PodMonitorsKind, c.PodMonitorSelector, c.PodMonitorNamespaceSelector},
		{monitoringv1.ProbesKind, c.ProbeSelector, c.ProbeNamespaceSelector},
		{monitoringv1alpha1.ScrapeConfigsKind, c.ScrapeConfigSelector, c.ScrapeConfigNamespaceSelector},
	} {
		objects, err := labelSelectorIn(s.objects, labelsAlone && s.kind != monitoringv1.ProbesKind && s.kind != monitoringv1alpha1.ScrapeConfigsKind)
		if err != nil {
			return nil, err
		}
		if objects == nil {
			continue
		}
		if s.namespaces == nil {
			s.namespaces = &metav1.LabelSelector{}
		}
		selector, err := newSelector("", "", objects, s.namespaces)
		if err != nil {
			return nil, err
		}
		selector.operator = &Operator{Namespaces: c.AllowNamespaces, DenyNamespaces: c.DenyNamespaces}
		all[s.kind] = selector
	}
	return all, nil
}

// labelSelectorIn reads a selector, or a map of labels. It returns nil if there is no selector.
func labelSelectorIn(raw json.RawMessage, labelsAlone bool) (*metav1.LabelSelector, error) {
	isMissing := len(raw) == 0 || string(raw) == "null"
	selector := &metav1.LabelSelector{}
	var into any = selector
	switch {
	case labelsAlone && isMissing:
		return selector, nil
	case isMissing:
		return nil, nil //nolint:nilnil // there is none
	case labelsAlone:
		into = &selector.MatchLabels
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return nil, fmt.Errorf("reading a selector: %w", err)
	}
	return selector, nil
}
