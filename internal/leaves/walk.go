package main

import (
	"reflect"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// kind is a version of a kind whose leaves have owners.
type kind struct {
	name       string
	apiVersion string
	spec       reflect.Type
	table      string // the name of its table
	verdict    string // the check that gives the judge's verdict
}

var ownedKinds = []kind{
	{monitoringv1.ServiceMonitorsKind, monitoringv1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1.ServiceMonitorSpec](), monitoringv1.ServiceMonitorsKind, "configuration"},
	{monitoringv1.PodMonitorsKind, monitoringv1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1.PodMonitorSpec](), monitoringv1.PodMonitorsKind, "configuration"},
	{monitoringv1.ProbesKind, monitoringv1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1.ProbeSpec](), monitoringv1.ProbesKind, "configuration"},
	{monitoringv1alpha1.ScrapeConfigsKind, monitoringv1alpha1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1alpha1.ScrapeConfigSpec](), monitoringv1alpha1.ScrapeConfigsKind, "configuration"},
	{monitoringv1.PrometheusesKind, monitoringv1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1.PrometheusSpec](), monitoringv1.PrometheusesKind, "configuration"},
	{monitoringv1alpha1.PrometheusAgentsKind, monitoringv1alpha1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1alpha1.PrometheusAgentSpec](), monitoringv1alpha1.PrometheusAgentsKind, "configuration"},
	{monitoringv1.ThanosRulerKind, monitoringv1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1.ThanosRulerSpec](), monitoringv1.ThanosRulerKind, "configuration"},
	{monitoringv1.AlertmanagersKind, monitoringv1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1.AlertmanagerSpec](), monitoringv1.AlertmanagersKind, "alertmanager-base"},
	{monitoringv1alpha1.AlertmanagerConfigKind, monitoringv1alpha1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1alpha1.AlertmanagerConfigSpec](), "AlertmanagerConfig.v1alpha1", "alertmanager-refuses"},
	{monitoringv1beta1.AlertmanagerConfigKind, monitoringv1beta1.SchemeGroupVersion.String(), reflect.TypeFor[monitoringv1beta1.AlertmanagerConfigSpec](), "AlertmanagerConfig.v1beta1", "alertmanager-refuses"},
}

// sort classifies the values that a leaf may have.
type sort string

const (
	text     sort = "text"
	number   sort = "number"
	boolean  sort = "boolean"
	either   sort = "number or text"
	quantity sort = "quantity"
	key      sort = "key of a map"

	// pod is a part of the pod or of its storage, as Kubernetes itself reads it.
	pod sort = "part of a pod"
)

// leaf is a field that holds a value. Its path is spelled as kubectl explain does, with [] after a
// list, {} after a map, and {key} for the keys of a map.
type leaf struct {
	path string
	sort sort
}

// leavesOf returns the leaves of the Go types of a kind.
func leavesOf(k kind) []leaf {
	var all []leaf
	walkType("spec", k.spec, &all)
	return all
}

func walkType(path string, t reflect.Type, all *[]leaf) {
	switch t {
	case reflect.TypeFor[intstr.IntOrString]():
		*all = append(*all, leaf{path, either})
		return
	case reflect.TypeFor[resource.Quantity]():
		*all = append(*all, leaf{path, quantity})
		return
	}
	if isPod(t) {
		*all = append(*all, leaf{path, pod})
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		walkType(path, t.Elem(), all)
	case reflect.Struct:
		walkStruct(path, t, all)
	case reflect.Slice:
		walkType(path+"[]", t.Elem(), all)
	case reflect.Map:
		*all = append(*all, leaf{path + "{key}", key})
		walkType(path+"{}", t.Elem(), all)
	case reflect.String:
		*all = append(*all, leaf{path, text})
	case reflect.Bool:
		*all = append(*all, leaf{path, boolean})
	default:
		*all = append(*all, leaf{path, number})
	}
}

// isPod reports whether a type is one of Kubernetes' own that no configuration is made from.
func isPod(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[corev1.SecretKeySelector](), reflect.TypeFor[corev1.ConfigMapKeySelector](), reflect.TypeFor[corev1.LocalObjectReference]():
		return false
	case reflect.TypeFor[monitoringv1.EmbeddedObjectMetadata](), reflect.TypeFor[monitoringv1.StorageSpec](), reflect.TypeFor[monitoringv1.PodDNSConfig](),
		reflect.TypeFor[monitoringv1.TopologySpreadConstraint]():
		return true
	}
	return t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[corev1.Pod]().PkgPath()
}

func walkStruct(path string, t reflect.Type, all *[]leaf) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || name == "-":
		case name == "" && (f.Anonymous || slices.Contains(strings.Split(options, ","), "inline")):
			walkType(path, f.Type, all)
		default:
			walkType(path+"."+name, f.Type, all)
		}
	}
}
