package lint

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// rulesIn makes a PrometheusRule of its fields, without the reflection that takes ten times as long. It reports
// false for what usual rules do not have, such as null, a field of another type, or metadata beside names and
// labels: the general decoder then has the word. Where it reports true, both have the same result.
func rulesIn(fields map[string]any) (*monitoringv1.PrometheusRule, bool) {
	r := ruleReader{}
	rules := &monitoringv1.PrometheusRule{}
	for name, value := range fields {
		switch name {
		case "apiVersion":
			rules.APIVersion = r.text(value)
		case "kind":
			rules.Kind = r.text(value)
		case "metadata":
			r.metadata(value, rules)
		case "spec":
			rules.Spec.Groups = r.groupsIn(value)
		default:
			return nil, false
		}
	}
	return rules, !r.failed
}

// rulesInFile makes a PrometheusRule of a plain rule file. All readers agree about a simple document; what is
// left to the decoder of Prometheus are values that are no texts to kubectl, and what JSON would leave out.
func rulesInFile(fields map[string]any) (*monitoringv1.PrometheusRule, bool) {
	r := ruleReader{isFile: true}
	rules := &monitoringv1.PrometheusRule{}
	rules.Spec.Groups = r.groupsIn(fields)
	return rules, !r.failed
}

// A ruleReader reads the parts of rules. Once it has failed, what it returns means nothing.
type ruleReader struct{ isFile, failed bool }

func (r *ruleReader) fail() { r.failed = true }

func (r *ruleReader) fields(value any) map[string]any {
	fields, ok := value.(map[string]any)
	r.failed = r.failed || !ok
	return fields
}

func (r *ruleReader) list(value any) []any {
	list, ok := value.([]any)
	r.failed = r.failed || !ok || r.isFile && len(list) == 0
	return list
}

func (r *ruleReader) text(value any) string {
	text, ok := value.(string)
	r.failed = r.failed || !ok || r.isFile && text == "<<"
	return text
}

func (r *ruleReader) texts(value any) map[string]string {
	fields := r.fields(value)
	texts := make(map[string]string, len(fields))
	for name, text := range fields {
		texts[name] = r.text(text)
	}
	r.failed = r.failed || r.isFile && len(texts) == 0
	return texts
}

func (r *ruleReader) duration(value any) *monitoringv1.Duration {
	return new(monitoringv1.Duration(r.text(value)))
}

func (r *ruleReader) metadata(value any, of *monitoringv1.PrometheusRule) {
	for name, value := range r.fields(value) {
		switch name {
		case "name":
			of.Name = r.text(value)
		case "namespace":
			of.Namespace = r.text(value)
		case "labels":
			of.Labels = r.texts(value)
		case "annotations":
			of.Annotations = r.texts(value)
		default:
			r.fail()
		}
	}
}

func (r *ruleReader) groupsIn(value any) []monitoringv1.RuleGroup {
	fields := r.fields(value)
	value, ok := fields["groups"]
	if !ok || len(fields) > 1 {
		r.fail()
		return nil
	}
	list := r.list(value)
	groups := make([]monitoringv1.RuleGroup, len(list))
	for i := range list {
		r.group(r.fields(list[i]), &groups[i])
	}
	return groups
}

func (r *ruleReader) group(fields map[string]any, into *monitoringv1.RuleGroup) {
	for name, value := range fields {
		switch {
		case name == "name":
			into.Name = r.text(value)
		case name == "labels":
			into.Labels = r.texts(value)
		case name == "interval":
			into.Interval = r.duration(value)
		case name == "query_offset":
			into.QueryOffset = r.duration(value)
		case name == "partial_response_strategy" && !r.isFile:
			into.PartialResponseStrategy = r.text(value)
		case name == "limit":
			limit, ok := value.(int64)
			r.failed = r.failed || !ok || r.isFile && limit == 0
			into.Limit = new(int(limit))
		case name == "rules":
			list := r.list(value)
			into.Rules = make([]monitoringv1.Rule, len(list))
			for i := range list {
				r.rule(r.fields(list[i]), &into.Rules[i])
			}
		default:
			r.fail()
		}
	}
}

func (r *ruleReader) rule(fields map[string]any, into *monitoringv1.Rule) {
	if _, ok := fields["expr"]; !ok {
		r.fail()
	}
	for name, value := range fields {
		switch name {
		case "record":
			into.Record = r.text(value)
		case "alert":
			into.Alert = r.text(value)
		case "expr":
			into.Expr = intstr.FromString(r.text(value))
		case "for":
			into.For = r.duration(value)
		case "keep_firing_for":
			into.KeepFiringFor = new(monitoringv1.NonEmptyDuration(r.text(value)))
		case "labels":
			into.Labels = r.texts(value)
		case "annotations":
			into.Annotations = r.texts(value)
		default:
			r.fail()
		}
	}
}
