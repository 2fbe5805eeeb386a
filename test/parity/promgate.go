package parity

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
)

// empties makes an empty object of each kind.
var empties = map[string]func() runtime.Object{
	"Prometheus":      func() runtime.Object { return &monitoringv1.Prometheus{} },
	"PrometheusAgent": func() runtime.Object { return &monitoringv1alpha1.PrometheusAgent{} },
	"ServiceMonitor":  func() runtime.Object { return &monitoringv1.ServiceMonitor{} },
	"PodMonitor":      func() runtime.Object { return &monitoringv1.PodMonitor{} },
	"Probe":           func() runtime.Object { return &monitoringv1.Probe{} },
	"ScrapeConfig":    func() runtime.Object { return &monitoringv1alpha1.ScrapeConfig{} },
	"PrometheusRule":  func() runtime.Object { return &monitoringv1.PrometheusRule{} },
	"Secret":          func() runtime.Object { return &corev1.Secret{} },
	"ConfigMap":       func() runtime.Object { return &corev1.ConfigMap{} },
	"Namespace":       func() runtime.Object { return &corev1.Namespace{} },
}

// askPromgate gives promgate's answer to a request.
func askPromgate(r *Request) (a *Answer, err error) {
	a = &Answer{Rejected: map[string]string{}, RuleFiles: map[string]string{}, RuleFileConfigMaps: map[string]string{}, TLSAssets: map[string]string{}}
	defer func() {
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("promgate's panic: %v\n%s", p, debug.Stack())
		}
	}()
	set := render.NewSet()
	for _, data := range r.Objects {
		var kind metav1.TypeMeta
		if err := json.Unmarshal(data, &kind); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		obj := empties[kind.Kind]()
		if err := json.Unmarshal(data, obj); err != nil {
			return nil, fmt.Errorf("reading a %s: %w", kind.Kind, err)
		}
		if err := set.Add(obj); err != nil {
			return nil, fmt.Errorf("adding a %s: %w", kind.Kind, err)
		}
	}
	namespace, name, _ := strings.Cut(r.Prometheus, "/")
	result, err := render.Render(set, types.NamespacedName{Namespace: namespace, Name: name}, promconfig.Options{
		EndpointSlice:     r.Gates.EndpointSlice,
		RetentionPolicies: r.Gates.RetentionPolicies,
		TopologySharding:  r.Gates.TopologySharding,
		PodTopologyLabels: r.Gates.PodTopologyLabels,
	})
	if errors.Is(err, promconfig.ErrUnmanaged) {
		a.Unmanaged = true
		return a, nil
	}
	if err != nil {
		a.Error = err.Error()
		return a, nil
	}
	a.Config = string(result.Config)
	for file, content := range result.RuleFiles {
		base := path.Base(file)
		a.RuleFiles[base] = string(content)
		a.RuleFileConfigMaps[base] = path.Base(path.Dir(file))
	}
	for file, content := range result.Assets {
		a.TLSAssets[path.Base(file)] = string(content)
	}
	for _, left := range result.LeftOut {
		reasons := []string{}
		for _, finding := range left.Findings {
			reasons = append(reasons, finding.Line())
		}
		a.Rejected[left.Kind+"/"+left.Namespace+"/"+left.Name] = strings.Join(reasons, "; ")
	}
	return a, nil
}
