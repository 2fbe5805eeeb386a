package versions

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/rule"
)

// A Gate is promgate in front of one Prometheus.
type Gate struct {
	generator *promconfig.Generator
	judge     *judge.Judge
	seen      validation.Snapshot
}

// NewGate returns the gate for a Prometheus of a version with some feature flags. The gates of one
// memo parse each expression once.
func NewGate(version string, flags []string, memo *validation.Memo) (*Gate, error) {
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "main"
	p.Spec.Version = "v" + version
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	for _, f := range flags {
		p.Spec.EnableFeatures = append(p.Spec.EnableFeatures, monitoringv1.EnableFeature(f))
	}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return nil, fmt.Errorf("making a gate for %s: %w", version, err)
	}
	j := judge.New(g, g.Global())
	gate := &Gate{generator: g, judge: j, seen: j.Snapshot()}
	gate.seen.Memo = memo
	return gate, nil
}

// beyondTheLoader are the checks that deny what the rule loader accepts (ADR 2).
var beyondTheLoader = map[string]bool{"expr-type": true, "expr-cost": true, "rule-file-size": true, "control-character": true}

// Denied returns what promgate denies of an object, apart from what no rule loader refuses, and from
// mistakes in fields that the operator does not write for the version.
func (g *Gate) Denied(ctx context.Context, object any) ([]string, error) {
	found, err := rule.Kind().Check(ctx, object, g.seen, func(c validation.Info) validation.Severity {
		if c.Severity != validation.Deny {
			return validation.Off
		}
		return c.Severity
	})
	if err != nil {
		return nil, fmt.Errorf("asking promgate: %w", err)
	}
	var denied []string
	for _, f := range found {
		if !beyondTheLoader[f.Check] && !g.omits(f.Path.String()) {
			denied = append(denied, f.Check+": "+f.Problem)
		}
	}
	return denied, nil
}

// omits reports whether the operator omits the field at a path for the version.
func (g *Gate) omits(path string) bool {
	version := dialect.VersionOf(g.generator.SemVer())
	for _, c := range dialect.Table() {
		isField := c.Kind == dialect.GroupField && inGroup.MatchString(path) || c.Kind == dialect.RuleField
		if isField && strings.Contains(path, "]."+c.Name) && !c.Known(version) {
			return true
		}
	}
	return false
}

// inGroup matches the path of a field of a group.
var inGroup = regexp.MustCompile(`^spec\.groups\[\d+\]\.(labels|query_offset|limit)`)

// Render returns the rule file that an object is rendered to. It is rejected if the operator leaves
// it out.
func (g *Gate) Render(object *monitoringv1.PrometheusRule) (content string, rejected bool) {
	file := g.generator.RuleFile(object)
	return string(file.Content), len(file.Rejections) > 0
}

// Judged returns what the judge says of the rule file of an object.
func (g *Gate) Judged(object *monitoringv1.PrometheusRule) []string {
	var said []string
	for _, f := range g.judge.RuleFile(g.generator.RuleFile(object), object) {
		said = append(said, f.Problem)
	}
	return said
}

// objectOf returns a PrometheusRule that records one expression.
func objectOf(expr string) (*monitoringv1.PrometheusRule, error) {
	raw, err := json.Marshal(&monitoringv1.PrometheusRule{Spec: monitoringv1.PrometheusRuleSpec{
		Groups: []monitoringv1.RuleGroup{{Name: "a", Rules: []monitoringv1.Rule{{Record: "a:b", Expr: intstr.FromString(expr)}}}},
	}})
	if err != nil {
		return nil, fmt.Errorf("writing an object: %w", err)
	}
	object, err := rule.Kind().Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("reading an object: %w", err)
	}
	return object.(*monitoringv1.PrometheusRule), nil
}
