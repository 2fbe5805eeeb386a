package promconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/internal/fieldpath"
)

// MaxRuleFiles is the limit in bytes of a rule file, and of all rule files in one ConfigMap:
// half of the size that a Secret may have.
const MaxRuleFiles = 512 * 1024

// A RuleFile is what one PrometheusRule renders to for one Prometheus.
type RuleFile struct {
	Namespace string
	Name      string

	// File is the name within the ConfigMap.
	File    string
	Content []byte

	Rejections []Rejection
	Ignored    []Ignored
}

// RuleFile renders a PrometheusRule. It does not check the rules. A file with expressions that
// take too long to parse is rejected and has no content, so that nothing parses it.
func (g *Generator) RuleFile(r *monitoringv1.PrometheusRule) RuleFile {
	w := g.writer(r.ObjectMeta)
	out := RuleFile{Namespace: r.Namespace, Name: r.Name, File: fmt.Sprintf("%s-%s-%s.yaml", r.Namespace, r.Name, r.UID)}
	if w.rejectCostly(&r.Spec); len(w.rejections) > 0 {
		out.Rejections = w.rejections
		return out
	}
	spec := r.Spec.DeepCopy()
	if label := g.EnforcedLabel(monitoringv1.PrometheusRuleKind, r.Namespace, r.Name); label != "" {
		w.enforceRules(spec, label)
	}
	w.trimRules(spec)

	content, err := yaml.Marshal(spec)
	if err != nil {
		w.rejectf(specPath, "%s", err)
	}
	if len(content) > MaxRuleFiles {
		w.rejectf(specPath, "gives a rule file of %d bytes, and the limit is %d", len(content), MaxRuleFiles)
	}
	out.Content, out.Rejections, out.Ignored = content, w.rejections, w.ignored
	return out
}

// rejectCostly rejects the expressions that take Prometheus' parser too long.
func (w *writer) rejectCostly(spec *monitoringv1.PrometheusRuleSpec) {
	var costs []exprcost.Cost
	var fields []fieldpath.Path
	for i := range spec.Groups {
		for j := range spec.Groups[i].Rules {
			costs = append(costs, exprcost.Of(spec.Groups[i].Rules[j].Expr.String()))
			fields = append(fields, groupsPath.Index(i).Field("rules").Index(j).Field("expr"))
		}
	}
	budget := w.g.options.Budget()
	for _, n := range slices.Sorted(maps.Keys(budget.Beyond(costs))) {
		w.rejectf(fields[n], "%s", budget.Problem(costs[n]))
	}
}

// trimRules removes the fields that the Prometheus does not know.
func (w *writer) trimRules(spec *monitoringv1.PrometheusRuleSpec) {
	w.ignored = append(w.ignored, prometheusRules.tooNew(spec, w.g.version)...)
	for i := range spec.Groups {
		group := &spec.Groups[i]
		if !w.g.has(prometheusRules.limit) {
			group.Limit = nil
		}
		if !w.g.has(prometheusRules.queryOffset) {
			group.QueryOffset = nil
		}
		if !w.g.has(prometheusRules.labels) {
			group.Labels = nil
		}
		if group.PartialResponseStrategy != "" {
			group.PartialResponseStrategy = ""
			w.ignoref(groupsPath.Index(i).Field("partial_response_strategy"), "is for Thanos alone")
		}
		for j := range group.Rules {
			if !w.g.has(prometheusRules.keepFiringFor) {
				group.Rules[j].KeepFiringFor = nil
			}
		}
	}
}

var groupsPath = specPath.Field("groups")

// enforceRules binds each rule to its namespace: by a label on the result, and by a matcher
// in every selector.
func (w *writer) enforceRules(spec *monitoringv1.PrometheusRuleSpec, label string) {
	promql := parser.NewParser(w.g.PromQL())
	for i := range spec.Groups {
		for j := range spec.Groups[i].Rules {
			rule := &spec.Groups[i].Rules[j]
			if len(rule.Labels) == 0 {
				rule.Labels = map[string]string{}
			}
			rule.Labels[label] = w.namespace
			expr, err := promql.ParseExpr(rule.Expr.String())
			if err != nil {
				w.rejectf(groupsPath.Index(i).Field("rules").Index(j).Field("expr"), "%s", err)
				continue
			}
			parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
				if selector, ok := node.(*parser.VectorSelector); ok {
					selector.LabelMatchers = enforced(selector.LabelMatchers, label, w.namespace)
				}
				return nil
			})
			rule.Expr = intstr.FromString(expr.String())
		}
	}
}

func enforced(matchers []*labels.Matcher, label, value string) []*labels.Matcher {
	var out []*labels.Matcher
	for _, m := range matchers {
		if m.Name != label {
			out = append(out, m)
		}
	}
	return append(out, labels.MustNewMatcher(labels.MatchEqual, label, value))
}

// Features returns the feature flags of the Prometheus: those of its list, and those that its
// additional arguments enable.
func (g *Generator) Features() []string {
	var features []string
	for _, f := range g.spec.EnableFeatures {
		features = append(features, strings.Split(string(f), ",")...)
	}
	for _, a := range g.spec.AdditionalArgs {
		if a.Name == "enable-feature" {
			features = append(features, strings.Split(a.Value, ",")...)
		}
	}
	return features
}

// PromQL returns the dialect that the feature flags of the Prometheus enable. The linked
// parser accepts duration expressions and extended range selectors without their flags.
func (g *Generator) PromQL() parser.Options {
	return parser.Options{
		EnableExperimentalFunctions: slices.Contains(g.spec.EnableFeatures, "promql-experimental-functions"),
		EnableBinopFillModifiers:    slices.Contains(g.spec.EnableFeatures, "promql-binop-fill-modifiers"),
	}
}

// A RuleConfigMap holds the rule files of one ConfigMap, by file name.
type RuleConfigMap struct {
	Name  string
	Files map[string][]byte
}

// RuleConfigMaps distributes rule files over ConfigMaps, in the order of their names.
func (g *Generator) RuleConfigMaps(files map[string][]byte) []RuleConfigMap {
	maps := []RuleConfigMap{{g.ruleConfigMap(0), map[string][]byte{}}}
	size := 0
	for _, name := range sortedKeys(files) {
		if size+len(files[name]) > MaxRuleFiles {
			maps = append(maps, RuleConfigMap{g.ruleConfigMap(len(maps)), map[string][]byte{}})
			size = 0
		}
		maps[len(maps)-1].Files[name] = files[name]
		size += len(files[name])
	}
	return maps
}

func (g *Generator) ruleConfigMap(i int) string {
	return fmt.Sprintf("%s-rulefiles-%d", ResourceName(monitoringv1.PrometheusesKind, g.object.Name), i)
}
