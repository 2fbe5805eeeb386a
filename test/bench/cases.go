package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A benchCase is a kind of review.
type benchCase struct {
	name string
	body *body
	peer bool // the operator's webhook knows these objects
}

func cases() []benchCase {
	large, small := rules(134), rules(1)
	return []benchCase{
		{name: "PrometheusRule, 134 rules, every expression new", body: newBody(large, true), peer: true},
		{name: "PrometheusRule, 134 rules, the same object again", body: newBody(large, false), peer: true},
		{name: "PrometheusRule, 1 rule, new", body: newBody(small, true), peer: true},
		{name: "ServiceMonitor, 2 endpoints, new", body: newBody(monitor(), true)},
		{name: "ServiceMonitor, 2 endpoints, the same object again", body: newBody(monitor(), false)},
	}
}

const group = "monitoring.coreos.com"

// resourceOf returns what the API server calls the resource of a kind: the operator's webhook looks at it.
func resourceOf(kind string) metav1.GroupVersionResource {
	return metav1.GroupVersionResource{Group: group, Version: "v1", Resource: strings.ToLower(kind) + "s"}
}

// unique is where each request has another number: nothing of it was seen before.
const unique = "70000000"

// A body gives one review after the other. Several goroutines may use it.
type body struct {
	text  []byte
	at    []int // where the numbers are
	fresh bool
	count atomic.Int64
}

func newBody(object []byte, fresh bool) *body {
	kind := &metav1.TypeMeta{}
	if err := json.Unmarshal(object, kind); err != nil {
		panic(err) // it is ours
	}
	resource := metav1.GroupVersionKind{Group: group, Version: "v1", Kind: kind.Kind}
	text, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: "705ab4f5-6393-11e8-b7cc-42010a800002", Kind: resource, Resource: resourceOf(kind.Kind), Operation: admissionv1.Update, Namespace: "bench", Name: "object-" + unique,
			Object: runtime.RawExtension{Raw: object}, OldObject: runtime.RawExtension{Raw: []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"` + kind.Kind + `","metadata":{"name":"object-` + unique + `","namespace":"bench"},"spec":{}}`)},
		},
	})
	if err != nil {
		panic(err) // it is ours
	}
	b := &body{text: text, fresh: fresh}
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(unique))
		if i < 0 {
			return b
		}
		b.at = append(b.at, from+i)
		from += i + len(unique)
	}
}

// next returns the next review.
func (b *body) next() []byte {
	if !b.fresh {
		return b.text
	}
	text := bytes.Clone(b.text)
	number := strconv.FormatInt(70000000+b.count.Add(1), 10)
	for _, at := range b.at {
		copy(text[at:], number)
	}
	return text
}

// rules returns an object like the rules for the control plane in kube-prometheus: with 134 of them it has some 75 KB.
func rules(n int) []byte {
	forms := []string{
		"sum by (namespace, pod, job, cluster) (\n  max by (namespace, pod, job, cluster) (kube_pod_status_phase{job=\"kube-state-metrics\", phase=~\"Pending|Unknown\"}) * on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (\n    1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!=\"Job\"})\n  )\n) > " + unique,
		"histogram_quantile(0.99, sum by (cluster, verb, le) (rate(apiserver_request_sli_duration_seconds_bucket{job=\"apiserver\", verb=~\"LIST|GET\", subresource!~\"proxy|attach|log|exec|portforward\"}[5m]))) > " + unique,
		"(\n  kube_statefulset_status_replicas_ready{job=\"kube-state-metrics\"}\n    !=\n  kube_statefulset_replicas{job=\"kube-state-metrics\"}\n) and (\n  changes(kube_statefulset_status_replicas_updated{job=\"kube-state-metrics\"}[10m])\n    ==\n  " + unique + "\n)",
		"sum by (cluster, namespace) (kube_pod_container_resource_requests{job=\"kube-state-metrics\", resource=\"cpu\"}) / on (cluster) group_left () sum by (cluster) (kube_node_status_allocatable{resource=\"cpu\"}) > " + unique,
	}
	group := monitoringv1.RuleGroup{Name: "kubernetes"}
	wait := monitoringv1.Duration("15m")
	for i := range n {
		group.Rules = append(group.Rules, monitoringv1.Rule{
			Alert: fmt.Sprintf("KubeSomething%d", i), Expr: intstr.FromString(forms[i%len(forms)]), For: &wait,
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"description": "Something of {{ $labels.namespace }} has not been as it should be for longer than 15 minutes on cluster {{ $labels.cluster }}.",
				"summary":     "Something has not been as it should be for more than 15 minutes.",
				"runbook_url": fmt.Sprintf("https://runbooks.example.com/kubernetes/kubesomething%d", i),
			},
		})
	}
	return marshal(&monitoringv1.PrometheusRule{
		TypeMeta:   metav1.TypeMeta{APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "bench", Name: "object-" + unique, Labels: map[string]string{"release": "prometheus", "app": "bench"}},
		Spec:       monitoringv1.PrometheusRuleSpec{Groups: []monitoringv1.RuleGroup{group}},
	})
}

func monitor() []byte {
	m := &monitoringv1.ServiceMonitor{
		TypeMeta:   metav1.TypeMeta{APIVersion: "monitoring.coreos.com/v1", Kind: "ServiceMonitor"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "bench", Name: "object-" + unique, Labels: map[string]string{"release": "prometheus", "app": "bench"}},
	}
	m.Spec.Selector.MatchLabels = map[string]string{"app": "web-" + unique}
	m.Spec.Endpoints = []monitoringv1.Endpoint{
		{Port: "web", Interval: "30s", ScrapeTimeout: "10s", RelabelConfigs: []monitoringv1.RelabelConfig{{SourceLabels: []monitoringv1.LabelName{"__meta_kubernetes_pod_node_name"}, TargetLabel: "node"}}},
		{Port: "admin", Interval: "30s", MetricRelabelConfigs: []monitoringv1.RelabelConfig{{Action: "drop", SourceLabels: []monitoringv1.LabelName{"__name__"}, Regex: "go_.*"}}},
	}
	return marshal(m)
}

func marshal(object any) []byte {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // it is ours
	}
	return text
}
