package render

import (
	"fmt"
	"path"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// A Result is the configuration of one Prometheus.
type Result struct {
	Config []byte

	// RuleFiles by path: rules/<ConfigMap>/<file>. Assets by path: certs/<file>.
	RuleFiles map[string][]byte
	Assets    map[string][]byte

	// Selected counts the objects that the Prometheus selects, LeftOut names those of
	// them that are not in the configuration, and Ignored their fields that are not.
	Selected int
	LeftOut  []LeftOut
	Ignored  []Ignored
	Warnings []Warning
}

// LeftOut is a selected object that the configuration does without.
type LeftOut struct {
	Kind, Namespace, Name string
	Findings              []validation.Finding

	// Partly says that it is only those of its endpoints that the findings name.
	Partly bool
}

// Warning is what will fail of an object that is in the configuration.
type Warning struct {
	Object   selection.Ref
	Findings []validation.Finding
}

// Ignored is a field that is set and does not reach the configuration.
type Ignored struct {
	promconfig.Ignored

	Kind, Namespace, Name string
}

// A RefusedError says that the Prometheus object itself cannot be rendered, whatever it
// selects: the user's mistake.
type RefusedError struct {
	Name     types.NamespacedName
	Findings []validation.Finding
}

func (r *RefusedError) Error() string {
	lines := []string{fmt.Sprintf("Prometheus %s cannot be rendered", r.Name)}
	for _, f := range r.Findings {
		lines = append(lines, "  "+report.Line(f, report.ReadableLimits()))
	}
	return strings.Join(lines, "\n")
}

// An UnrenderableError says the same of an object that cannot even be read, or that
// leaves its configuration to its user ([promconfig.ErrUnmanaged]).
type UnrenderableError struct {
	Name types.NamespacedName
	Err  error
}

func (u *UnrenderableError) Error() string { return u.Name.String() + ": " + u.Err.Error() }

func (u *UnrenderableError) Unwrap() error { return u.Err }

// Render makes the configuration of one Prometheus or PrometheusAgent of a model that keeps
// its objects, as the operator would: monitors that clash are both in it.
func Render(model *cluster.Model, prometheus types.NamespacedName, options promconfig.Options) (*Result, error) {
	e := newEngine(model, model.Assets(), options)
	of := instanceNamed(model, prometheus)
	if of == nil {
		return nil, fmt.Errorf("there is no Prometheus and no PrometheusAgent %s", prometheus)
	}
	e.instances[of.Ref] = e.newInstance(of)
	c, err := e.Render(of.Ref)
	if err != nil {
		return nil, err
	}
	r := &Result{Config: c.Text(), RuleFiles: map[string][]byte{}, Assets: map[string][]byte{}, Selected: c.Selected, LeftOut: c.LeftOut, Ignored: c.Ignored, Warnings: c.Warnings}
	for name, content := range c.Assets {
		r.Assets[path.Join("certs", name)] = content
	}
	for _, configMap := range c.RuleConfigMaps {
		for file, content := range configMap.Files {
			r.RuleFiles[path.Join("rules", configMap.Name, file)] = content
		}
	}
	return r, nil
}

// instanceNamed returns the Prometheus of that name, or else the PrometheusAgent.
func instanceNamed(model *cluster.Model, name types.NamespacedName) *cluster.Instance {
	for _, kind := range []string{monitoringv1.PrometheusesKind, monitoringv1alpha1.PrometheusAgentsKind} {
		if of := model.Instance(selection.Ref{Kind: kind, Namespace: name.Namespace, Name: name.Name}); of != nil {
			return of
		}
	}
	return nil
}
