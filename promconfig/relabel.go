package promconfig

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/relabeling"
)

// A relabeler writes a list of relabelings, and records the field of the object that each
// comes from.
type relabeler struct {
	s    *section
	key  string
	path fieldpath.Path // of the list in the configuration
	list []yaml.MapSlice
}

func (s *section) relabeler(key string) *relabeler {
	return &relabeler{s: s, key: key, path: s.key.Field(key)}
}

// write adds the list to its section.
func (r *relabeler) write() {
	r.s.fields = append(r.s.fields, yaml.MapItem{Key: r.key, Value: r.list})
}

// The items of a relabeling, in the order of the operator.
func action(a string) yaml.MapItem      { return yaml.MapItem{Key: "action", Value: a} }
func source(l ...string) yaml.MapItem   { return yaml.MapItem{Key: "source_labels", Value: l} }
func separator(s string) yaml.MapItem   { return yaml.MapItem{Key: "separator", Value: s} }
func regex(r any) yaml.MapItem          { return yaml.MapItem{Key: "regex", Value: r} }
func target(l string) yaml.MapItem      { return yaml.MapItem{Key: "target_label", Value: l} }
func replacement(r string) yaml.MapItem { return yaml.MapItem{Key: "replacement", Value: r} }
func modulus(m int32) yaml.MapItem      { return yaml.MapItem{Key: "modulus", Value: m} }

// add writes a relabeling that comes from a field, given by its full path.
func (r *relabeler) add(field fieldpath.Path, items ...yaml.MapItem) {
	if !field.IsZero() {
		r.s.source(r.path.Index(len(r.list)), field)
	}
	r.list = append(r.list, items)
}

// addAll writes the relabelings of the user. Field is the full path of the list.
func (r *relabeler) addAll(field fieldpath.Path, configs []monitoringv1.RelabelConfig) {
	for i, c := range configs {
		entry := field.Index(i)
		r.checkVersion(entry, c)
		r.add(entry, itemsOf(c)...)
	}
}

// checkVersion rejects an action that the Prometheus is too old for. The loader of Prometheus
// checks everything else about relabelings.
func (r *relabeler) checkVersion(field fieldpath.Path, c monitoringv1.RelabelConfig) {
	var f *since.Feature
	switch strings.ToLower(c.Action) {
	case "lowercase", "uppercase":
		f = since.CaseActions
	case "keepequal", "dropequal":
		f = since.EqualActions
	}
	if !r.s.w.g.has(f) {
		r.s.w.rejectSince(field.Field("action"), f, strconv.Quote(c.Action)+" ")
	}
}

func itemsOf(c monitoringv1.RelabelConfig) yaml.MapSlice {
	var m yaml.MapSlice
	if len(c.SourceLabels) > 0 {
		m = append(m, yaml.MapItem{Key: "source_labels", Value: c.SourceLabels})
	}
	if c.Separator != nil {
		m = append(m, separator(*c.Separator))
	}
	if c.TargetLabel != "" {
		m = append(m, target(c.TargetLabel))
	}
	if c.Regex != "" {
		m = append(m, regex(c.Regex))
	}
	if c.Modulus != 0 {
		m = append(m, yaml.MapItem{Key: "modulus", Value: c.Modulus})
	}
	if c.Replacement != nil {
		m = append(m, replacement(*c.Replacement))
	}
	if c.Action != "" {
		m = append(m, action(strings.ToLower(c.Action)))
	}
	if m == nil {
		m = yaml.MapSlice{}
	}
	return m
}

// relabelings writes a list of relabelings that the user wrote, and nothing else, under a key.
func (s *section) relabelings(key, field string, configs []monitoringv1.RelabelConfig) {
	if len(configs) == 0 {
		return
	}
	r := s.relabeler(key)
	r.addAll(s.field.Field(field), configs)
	r.write()
}

// selectBy keeps the targets whose object matches a selector. What is the kind of the object
// in the meta labels: service, pod, ingress. The values of labels are quoted, since they are
// no regular expressions.
func (r *relabeler) selectBy(what string, field fieldpath.Path, selector metav1.LabelSelector) {
	for _, k := range sortedKeys(selector.MatchLabels) {
		r.add(field.Field("matchLabels").Key(k), action("keep"),
			source(metaLabel(what, k), metaLabelPresent(what, k)), regex(valueIs(selector.MatchLabels[k])))
	}
	for i, e := range selector.MatchExpressions {
		path := field.Field("matchExpressions").Index(i)
		switch e.Operator {
		case metav1.LabelSelectorOpIn:
			r.add(path, action("keep"), source(metaLabel(what, e.Key), metaLabelPresent(what, e.Key)), regex(valueIs(e.Values...)))
		case metav1.LabelSelectorOpNotIn:
			r.add(path, action("drop"), source(metaLabel(what, e.Key), metaLabelPresent(what, e.Key)), regex(valueIs(e.Values...)))
		case metav1.LabelSelectorOpExists:
			r.add(path, action("keep"), source(metaLabelPresent(what, e.Key)), regex("true"))
		case metav1.LabelSelectorOpDoesNotExist:
			r.add(path, action("drop"), source(metaLabelPresent(what, e.Key)), regex("true"))
		}
	}
}

func metaLabel(what, label string) string {
	return "__meta_kubernetes_" + what + "_label_" + relabeling.SanitizeLabelName(label)
}

func metaLabelPresent(what, label string) string {
	return "__meta_kubernetes_" + what + "_labelpresent_" + relabeling.SanitizeLabelName(label)
}

func valueIs(values ...string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return "(" + strings.Join(quoted, "|") + ");true"
}

// copyLabels copies labels of an object onto its targets.
func (r *relabeler) copyLabels(what string, field fieldpath.Path, labels []string) {
	for i, l := range labels {
		r.add(field.Index(i), source(metaLabel(what, l)), target(relabeling.SanitizeLabelName(l)), regex("(.+)"), replacement("${1}"))
	}
}

// jobFrom sets the name of the job to the value of a label, if the object has it.
func (r *relabeler) jobFrom(what string, field fieldpath.Path, label string) {
	if label != "" {
		r.add(field, source(metaLabel(what, label)), target("job"), regex("(.+)"), replacement("${1}"))
	}
}

func (r *relabeler) rememberJobName() {
	r.add(ours, source("job"), target("__tmp_prometheus_job_name"))
}

func (r *relabeler) dropFinishedPods(field fieldpath.Path) {
	r.add(field, action("drop"), source("__meta_kubernetes_pod_phase"), regex("(Failed|Succeeded)"))
}

// enforceNamespace writes the enforced label last, so that no other relabeling can change it.
func (r *relabeler) enforceNamespace(kind string) {
	g, w := r.s.w.g, r.s.w
	if label := g.EnforcedLabel(kind, w.namespace, w.name); label != "" {
		r.add(prometheusPath.Field("spec", "enforcedNamespaceLabel"), target(label), replacement(w.namespace))
	}
}

// metricRelabelings writes those of the scrape class, those of the user, and the enforced
// namespace.
func (s *section) metricRelabelings(kind string, class scrapeClass, configs []monitoringv1.RelabelConfig) {
	r := s.relabeler("metric_relabel_configs")
	r.addAll(class.field("metricRelabelings"), class.MetricRelabelings)
	r.addAll(s.field.Field("metricRelabelings"), configs)
	r.enforceNamespace(kind)
	if len(r.list) > 0 {
		r.write()
	}
}

func placeholder(variable string) string {
	return fmt.Sprintf("$(%s)", variable)
}
