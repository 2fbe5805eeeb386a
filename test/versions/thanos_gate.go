package versions

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/rule"
)

// A RulerGate is promgate in front of one ThanosRuler.
type RulerGate struct {
	seen validation.Snapshot
}

// NewRulerGate returns the gate for a ThanosRuler of a version with some feature flags.
func NewRulerGate(version string, flags []string, memo *validation.Memo) (*RulerGate, error) {
	r := &monitoringv1.ThanosRuler{}
	r.Namespace, r.Name = "monitoring", "ruler"
	version = "v" + version
	r.Spec.Version = &version
	for _, f := range flags {
		r.Spec.EnableFeatures = append(r.Spec.EnableFeatures, monitoringv1.EnableFeature(f))
	}
	ruler, err := judge.NewRuler(r)
	if err != nil {
		return nil, fmt.Errorf("making a gate for Thanos %s: %w", version, err)
	}
	g := &RulerGate{seen: ruler.Snapshot()}
	g.seen.Memo = memo
	return g, nil
}

// Denied returns what promgate denies of an object, apart from what no rule loader refuses, and from mistakes in
// fields that the operator does not write for the version.
func (g *RulerGate) Denied(ctx context.Context, object *monitoringv1.PrometheusRule) ([]string, error) {
	found, err := rule.Kind().Check(ctx, object, g.seen, func(c validation.Info) validation.Severity {
		if c.Severity != validation.Deny {
			return validation.Off
		}
		return c.Severity
	})
	if err != nil {
		return nil, fmt.Errorf("asking promgate: %w", err)
	}
	ignored := promconfig.RulesTooNewForThanos(object, g.seen.Prometheus.Version)
	var denied []string
	for _, f := range found {
		isOmitted := false
		for _, i := range ignored {
			isOmitted = isOmitted || f.Path.Within(i.Field)
		}
		if !beyondTheLoader[f.Check] && !isOmitted {
			denied = append(denied, f.Check+": "+f.Problem)
		}
	}
	return denied, nil
}

// Render returns the rule file that the operator writes for an object, and what the operator says against it. It is
// rejected if the operator cannot write it at all, whatever the version. The operator reads the object first, without the strategy for partial responses and with all feature flags off
// (v0.93.0, pkg/operator/rules.go). Its parser is the linked one here, apart from the functions that only an older
// operator has.
func (g *RulerGate) Render(object *monitoringv1.PrometheusRule) (content string, said []string, rejected bool) {
	spec := object.Spec.DeepCopy()
	for _, i := range promconfig.RulesTooNewForThanos(object, g.seen.Prometheus.Version) {
		dropField(spec, i.Field.String())
	}
	written, err := yaml.Marshal(spec)
	if err != nil {
		return "", nil, true
	}
	for i := range spec.Groups {
		spec.Groups[i].PartialResponseStrategy = ""
	}
	read, err := yaml.Marshal(spec)
	if err != nil {
		return "", nil, true
	}
	names := model.UTF8Validation
	if g.seen.Prometheus.Version.Minor < 38 {
		names = model.LegacyValidation
	}
	_, errs := rulefmt.Parse(read, false, names, parser.NewParser(parser.Options{Functions: validation.Permissive().PromQL.Functions}), slog.New(slog.DiscardHandler))
	for _, e := range errs {
		said = append(said, e.Error())
	}
	return string(written), said, false
}

// dropField removes a field of all groups or rules: which of them has it does not matter.
func dropField(spec *monitoringv1.PrometheusRuleSpec, path string) {
	for i := range spec.Groups {
		group := &spec.Groups[i]
		switch path[strings.LastIndex(path, ".")+1:] {
		case "limit":
			group.Limit = nil
		case "query_offset":
			group.QueryOffset = nil
		case "labels":
			group.Labels = nil
		case "keep_firing_for":
			for j := range group.Rules {
				group.Rules[j].KeepFiringFor = nil
			}
		}
	}
}
