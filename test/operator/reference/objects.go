package main

import (
	"encoding/json"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// objects are the objects of one request, by kind, as the operator's caches hold them.
type objects struct {
	byKind map[string][]runtime.Object
	// core are the Secrets and ConfigMaps: the operator reads them from the API.
	core []runtime.Object
	// namespaces has every namespace that contains an object.
	namespaces []*corev1.Namespace
}

// kinds creates an empty object of each kind that the operator reads.
var kinds = map[string]func() runtime.Object{
	monitoringv1.PrometheusesKind:             func() runtime.Object { return &monitoringv1.Prometheus{} },
	monitoringv1alpha1.PrometheusAgentsKind:   func() runtime.Object { return &monitoringv1alpha1.PrometheusAgent{} },
	monitoringv1.ServiceMonitorsKind:          func() runtime.Object { return &monitoringv1.ServiceMonitor{} },
	monitoringv1.PodMonitorsKind:              func() runtime.Object { return &monitoringv1.PodMonitor{} },
	monitoringv1.ProbesKind:                   func() runtime.Object { return &monitoringv1.Probe{} },
	monitoringv1alpha1.ScrapeConfigsKind:      func() runtime.Object { return &monitoringv1alpha1.ScrapeConfig{} },
	monitoringv1.PrometheusRuleKind:           func() runtime.Object { return &monitoringv1.PrometheusRule{} },
	monitoringv1.AlertmanagersKind:            func() runtime.Object { return &monitoringv1.Alertmanager{} },
	monitoringv1alpha1.AlertmanagerConfigKind: func() runtime.Object { return &monitoringv1alpha1.AlertmanagerConfig{} },
	"Secret":    func() runtime.Object { return &corev1.Secret{} },
	"ConfigMap": func() runtime.Object { return &corev1.ConfigMap{} },
	"Namespace": func() runtime.Object { return &corev1.Namespace{} },
}

func decode(raw []json.RawMessage) (*objects, error) {
	o := &objects{byKind: map[string][]runtime.Object{}}
	given := map[string]bool{}
	lived := []string{}
	for i, data := range raw {
		obj, kind, err := decodeOne(data)
		if err != nil {
			return nil, fmt.Errorf("decoding object %d: %w", i, err)
		}
		if ns, ok := obj.(*corev1.Namespace); ok {
			given[ns.Name] = true
			o.namespaces = append(o.namespaces, ns)
			continue
		}
		lived = append(lived, obj.(metav1.Object).GetNamespace())
		switch obj := obj.(type) {
		case *corev1.Secret:
			o.core = append(o.core, asStored(obj))
		case *corev1.ConfigMap:
			o.core = append(o.core, obj)
		default:
			o.byKind[kind] = append(o.byKind[kind], obj)
		}
	}
	for _, name := range lived {
		if given[name] {
			continue
		}
		given[name] = true
		o.namespaces = append(o.namespaces, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name:   name,
			Labels: map[string]string{corev1.LabelMetadataName: name},
		}})
	}
	return o, nil
}

func decodeOne(data json.RawMessage) (runtime.Object, string, error) {
	var meta metav1.TypeMeta
	if err := json.Unmarshal(data, &meta); err != nil {
		return nil, "", err
	}
	empty, ok := kinds[meta.Kind]
	if !ok {
		return nil, "", fmt.Errorf("the kind %q is not one that the operator reads", meta.Kind)
	}
	obj := empty()
	if meta.APIVersion == monitoringv1beta1.SchemeGroupVersion.String() {
		obj = &monitoringv1beta1.AlertmanagerConfig{}
	}
	if err := json.Unmarshal(data, obj); err != nil {
		return nil, "", fmt.Errorf("%s: %w", meta.Kind, err)
	}
	return obj, meta.Kind, nil
}

// asStored converts stringData, as the API server does.
func asStored(s *corev1.Secret) *corev1.Secret {
	for key, value := range s.StringData {
		if s.Data == nil {
			s.Data = map[string][]byte{}
		}
		s.Data[key] = []byte(value)
	}
	s.StringData = nil
	return s
}

// find returns the Prometheus or PrometheusAgent that the request names.
func (o *objects) find(key string) (monitoringv1.PrometheusInterface, error) {
	for _, kind := range []string{monitoringv1.PrometheusesKind, monitoringv1alpha1.PrometheusAgentsKind} {
		for _, obj := range o.byKind[kind] {
			p := obj.(monitoringv1.PrometheusInterface)
			meta := p.GetObjectMeta()
			if meta.GetNamespace()+"/"+meta.GetName() == key {
				return p, nil
			}
		}
	}
	return nil, fmt.Errorf("no Prometheus and no PrometheusAgent is %s", key)
}
