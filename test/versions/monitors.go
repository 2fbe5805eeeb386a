package versions

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// A MonitorGate is promgate in front of one Prometheus or PrometheusAgent, for the objects that become its
// configuration.
type MonitorGate struct {
	generator *promconfig.Generator
	global    promconfig.Global
	judge     *judge.Judge
	flags     []string
}

// NewMonitorGate returns the gate for a Prometheus or a PrometheusAgent. Certificates is the directory of the
// files that its configuration names.
func NewMonitorGate(instance any, assets promconfig.Assets, certificates string) (*MonitorGate, error) {
	options := promconfig.AsInstalled()
	options.Paths.Certificates = certificates
	gate := &MonitorGate{}
	var err error
	switch p := instance.(type) {
	case *monitoringv1.Prometheus:
		gate.generator, err = promconfig.New(p, assets, options)
	case *monitoringv1alpha1.PrometheusAgent:
		gate.generator, err = promconfig.NewAgent(p, assets, options)
	default:
		err = fmt.Errorf("a %T has no configuration", instance)
	}
	if err != nil {
		return nil, fmt.Errorf("making a gate: %w", err)
	}
	gate.global = gate.generator.Global()
	gate.judge = judge.New(gate.generator, gate.global)
	gate.flags = gate.generator.Features()
	return gate, nil
}

// Rendered is what a Prometheus gets of some objects, and what promgate says of them.
type Rendered struct {
	Configuration

	// Files are the certificates that the configuration names.
	Files map[string][]byte
	// Rejected are the reasons for which the operator leaves the object out, or the whole Prometheus.
	Rejected []string
	// Denied is what promgate denies, apart from what no loader refuses.
	Denied []string
}

// Global returns the configuration without any object.
func (g *MonitorGate) Global() (*Rendered, error) {
	r, err := g.render(promconfig.Part{})
	if err != nil {
		return nil, err
	}
	r.Files, r.Rejected = g.global.Files, reasons(g.global.Rejections)
	for _, f := range g.judge.Global() {
		r.Denied = append(r.Denied, f.Path.String()+": "+f.Problem)
	}
	return r, nil
}

// Object returns the configuration with one object, which is given as JSON.
func (g *MonitorGate) Object(ctx context.Context, raw json.RawMessage) (*Rendered, error) {
	object, kind, err := decodeMonitor(raw)
	if err != nil {
		return nil, err
	}
	part := g.generator.Part(object)
	r, err := g.render(part)
	if err != nil {
		return nil, err
	}
	r.Files, r.Rejected = part.Files, reasons(part.Rejections)
	found, err := kind.Check(ctx, object, g.judge.Snapshot(), func(c validation.Info) validation.Severity {
		if c.Severity != validation.Deny {
			return validation.Off
		}
		return c.Severity
	})
	if err != nil {
		return nil, fmt.Errorf("asking promgate: %w", err)
	}
	for _, f := range found {
		r.Denied = append(r.Denied, f.Check+" "+f.Path.String()+": "+f.Problem)
	}
	return r, nil
}

func (g *MonitorGate) render(parts ...promconfig.Part) (*Rendered, error) {
	text, err := g.generator.Config(g.global, nil, parts)
	if err != nil {
		return nil, fmt.Errorf("rendering: %w", err)
	}
	return &Rendered{Configuration: Configuration{Text: g.variables().Replace(string(text)), Agent: g.generator.Agent(), Flags: g.flags}}, nil
}

// variables replaces what the config-reloader replaces.
func (g *MonitorGate) variables() *strings.Replacer {
	var pairs []string
	for name, value := range judge.PodVariables(g.generator.Name()) {
		pairs = append(pairs, "$("+name+")", value)
	}
	return strings.NewReplacer(pairs...)
}

func decodeMonitor(raw json.RawMessage) (any, validation.Kind, error) {
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, validation.Kind{}, fmt.Errorf("reading an object: %w", err)
	}
	kinds := builtin.Kinds()
	i := slices.IndexFunc(kinds, func(k validation.Kind) bool { return k.Kind == head.Kind })
	if i < 0 {
		return nil, validation.Kind{}, fmt.Errorf("there are no checks for a %s", head.Kind)
	}
	object, err := kinds[i].Decode(raw)
	if err != nil {
		return nil, validation.Kind{}, fmt.Errorf("reading a %s: %w", head.Kind, err)
	}
	return object, kinds[i], nil
}

func reasons(rejections []promconfig.Rejection) []string {
	var all []string
	for _, r := range rejections {
		all = append(all, r.Field.String()+": "+r.Reason)
	}
	return all
}
