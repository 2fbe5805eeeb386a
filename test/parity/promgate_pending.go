//go:build !render

package parity

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

const wired = true

type directAssets struct {
	secrets map[string]map[string][]byte
	configs map[string]map[string]string
}

func (d directAssets) SecretKey(ns, name, key string) ([]byte, bool) {
	v, ok := d.secrets[ns+"/"+name][key]
	return v, ok
}

func (d directAssets) ConfigMapKey(ns, name, key string) (string, bool) {
	v, ok := d.configs[ns+"/"+name][key]
	return v, ok
}

func askPromgate(r *Request) (a *Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("promgate's panic: %v\n%s", p, debug.Stack())
		}
	}()
	a = &Answer{Rejected: map[string]string{}, RuleFiles: map[string]string{}, RuleFileConfigMaps: map[string]string{}, TLSAssets: map[string]string{}}
	assets := directAssets{map[string]map[string][]byte{}, map[string]map[string]string{}}
	nss := map[string]labels.Set{}
	var objs []runtime.Object
	var prom runtime.Object
	makers := map[string]func() runtime.Object{
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
	for _, data := range r.Objects {
		var kind metav1.TypeMeta
		_ = json.Unmarshal(data, &kind)
		obj := makers[kind.Kind]()
		if err := json.Unmarshal(data, obj); err != nil {
			return nil, err
		}
		m := obj.(metav1.Object)
		if ns := m.GetNamespace(); ns != "" && nss[ns] == nil {
			nss[ns] = labels.Set{"kubernetes.io/metadata.name": ns}
		}
		switch o := obj.(type) {
		case *corev1.Secret:
			if o.Data == nil {
				o.Data = map[string][]byte{}
			}
			for k, v := range o.StringData {
				o.Data[k] = []byte(v)
			}
			assets.secrets[o.Namespace+"/"+o.Name] = o.Data
		case *corev1.ConfigMap:
			assets.configs[o.Namespace+"/"+o.Name] = o.Data
		case *corev1.Namespace:
			nss[o.Name] = o.Labels
		case *monitoringv1.Prometheus, *monitoringv1alpha1.PrometheusAgent:
			if m.GetNamespace()+"/"+m.GetName() == r.Prometheus {
				prom = obj
			}
		default:
			objs = append(objs, obj)
		}
	}
	options := promconfig.Options{EndpointSlice: r.Gates.EndpointSlice, RetentionPolicies: r.Gates.RetentionPolicies, TopologySharding: r.Gates.TopologySharding, PodTopologyLabels: r.Gates.PodTopologyLabels}
	var g *promconfig.Generator
	var cpf monitoringv1.CommonPrometheusFields
	var ruleSel, ruleNS *metav1.LabelSelector
	switch p := prom.(type) {
	case *monitoringv1.Prometheus:
		g, err = promconfig.New(p, assets, options)
		cpf, ruleSel, ruleNS = p.Spec.CommonPrometheusFields, p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector
	case *monitoringv1alpha1.PrometheusAgent:
		g, err = promconfig.NewAgent(p, assets, options)
		cpf = p.Spec.CommonPrometheusFields
	default:
		err = errors.New("no prometheus")
	}
	if err != nil {
		a.Error = err.Error()
		return a, nil
	}
	own := prom.(metav1.Object).GetNamespace()
	selected := func(o runtime.Object, sel, ns *metav1.LabelSelector) bool {
		m := o.(metav1.Object)
		if ns == nil {
			if m.GetNamespace() != own {
				return false
			}
		} else {
			s, err := metav1.LabelSelectorAsSelector(ns)
			if err != nil {
				panic(selErr{err})
			}
			if !s.Matches(nss[m.GetNamespace()]) {
				return false
			}
		}
		s, err := metav1.LabelSelectorAsSelector(sel)
		if err != nil {
			panic(selErr{err})
		}
		return s.Matches(labels.Set(m.GetLabels()))
	}
	files := map[string][]byte{}
	global0 := g.Global(nil)
	j := judge.New(g, global0)
	for _, o := range objs {
		if rule, ok := o.(*monitoringv1.PrometheusRule); ok && !g.Agent() && selected(o, ruleSel, ruleNS) {
			f := g.RuleFile(rule)
			fs := j.RuleFile(f, rule)
			if len(f.Rejections) > 0 || len(fs) > 0 {
				a.Rejected["PrometheusRule/"+rule.Namespace+"/"+rule.Name] = reasons(f.Rejections, fs)
				continue
			}
			files[f.File] = f.Content
		}
	}
	var names []string
	if !g.Agent() {
		cms := g.RuleConfigMaps(files)
		names = g.RuleConfigMapNames(len(cms))
		for i, cm := range cms {
			for f, c := range cm {
				a.RuleFiles[f], a.RuleFileConfigMaps[f] = string(c), names[i]
			}
		}
	}
	global := g.Global(names)
	if len(global.Rejections) > 0 {
		a.Error = reasons(global.Rejections, nil)
		return a, nil
	}
	var parts []promconfig.Part
	for _, o := range objs {
		var part promconfig.Part
		switch o := o.(type) {
		case *monitoringv1.ServiceMonitor:
			if !selected(o, cpf.ServiceMonitorSelector, cpf.ServiceMonitorNamespaceSelector) {
				continue
			}
			part = g.ServiceMonitor(o)
		case *monitoringv1.PodMonitor:
			if !selected(o, cpf.PodMonitorSelector, cpf.PodMonitorNamespaceSelector) {
				continue
			}
			part = g.PodMonitor(o)
		case *monitoringv1.Probe:
			if !selected(o, cpf.ProbeSelector, cpf.ProbeNamespaceSelector) {
				continue
			}
			part = g.Probe(o)
		case *monitoringv1alpha1.ScrapeConfig:
			if !selected(o, cpf.ScrapeConfigSelector, cpf.ScrapeConfigNamespaceSelector) {
				continue
			}
			part = g.ScrapeConfig(o)
		default:
			continue
		}
		key := part.Kind + "/" + part.Namespace + "/" + part.Name
		if len(part.Rejections) > 0 {
			a.Rejected[key] = reasons(part.Rejections, nil)
			continue
		}
		if fs := j.Part(part); len(fs) > 0 {
			a.Rejected[key] = "JUDGE " + reasons(nil, fs)
			if !strings.Contains(judgeMode, "keep") {
				continue
			}
		}
		parts = append(parts, part)
	}
	if g.Unmanaged() {
		return a, nil
	}
	c, err := g.Config(global, parts)
	if err != nil {
		a.Error = err.Error()
		return a, nil
	}
	a.Config = string(c)
	for _, p := range parts {
		for f, c := range p.Files {
			a.TLSAssets[f] = string(c)
		}
	}
	for f, c := range global.Files {
		a.TLSAssets[f] = string(c)
	}
	return a, nil
}

var judgeMode = os.Getenv("PARITY_JUDGE")

type selErr struct{ error }

func reasons(rs []promconfig.Rejection, fs []validation.Finding) string {
	out := []string{}
	for _, r := range rs {
		out = append(out, r.Error())
	}
	for _, f := range fs {
		out = append(out, f.Line())
	}
	return strings.Join(out, "; ")
}
