package render

import (
	"fmt"
	"path"
	"strings"
	"time"

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

	// RuleFiles holds rule files by path: rules/<ConfigMap>/<file>. Assets holds certificates and
	// keys by path: certs/<file>.
	RuleFiles map[string][]byte
	Assets    map[string][]byte

	// Selected is the number of objects that the Prometheus selects. LeftOut lists the selected
	// objects that are not in the configuration, and Ignored the fields of included objects that
	// are omitted.
	Selected int
	LeftOut  []LeftOut
	Ignored  []Ignored
	Warnings []Warning

	// Jobs are the names of the jobs of each monitor in the configuration, in the order of its
	// endpoints.
	Jobs map[selection.Ref][]string
}

// LeftOut is a selected object that is not in the configuration.
type LeftOut struct {
	Kind, Namespace, Name string
	Findings              []validation.Finding

	// Partly means that only the endpoints that the findings name are left out.
	Partly bool
}

// Warning is about an object in the configuration whose requests fail.
type Warning struct {
	Object   selection.Ref
	Findings []validation.Finding
}

// Ignored is a field that is set but omitted from the configuration.
type Ignored struct {
	promconfig.Ignored

	Kind, Namespace, Name string
}

// A RefusedError is a mistake in the Prometheus object itself: it cannot be rendered, whatever it
// selects.
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

// An UnrenderableError means that the Prometheus object cannot be read at all, or sets no selectors
// because its user writes the configuration ([promconfig.ErrUnmanaged]).
type UnrenderableError struct {
	Name types.NamespacedName
	Err  error
}

func (u *UnrenderableError) Error() string { return u.Name.String() + ": " + u.Err.Error() }

func (u *UnrenderableError) Unwrap() error { return u.Err }

// Render returns the configuration of one Prometheus or PrometheusAgent of a model that keeps its
// objects. Like the operator, it includes monitors that clash. Certificates have to be valid now.
func Render(model *cluster.Model, prometheus types.NamespacedName, options promconfig.Options, now time.Time) (*Result, error) {
	of := instanceNamed(model, prometheus)
	if of == nil {
		return nil, fmt.Errorf("there is no Prometheus and no PrometheusAgent %s", prometheus)
	}
	r, err := Instance(model, of, model.Assets(), options, now)
	if err != nil {
		return nil, err
	}
	r.Warnings = Attribute(r.Warnings, of.Ref)
	return r, nil
}

// Instance returns the configuration of a Prometheus or PrometheusAgent of a model, as [Render] does,
// with Secrets and ConfigMaps from assets.
func Instance(model *cluster.Model, of *cluster.Instance, assets Assets, options promconfig.Options, now time.Time) (*Result, error) {
	e := newEngine(model, assets, options, func() time.Time { return now })
	e.instances[of.Ref] = e.newInstance(of)
	c, err := e.Render(of.Ref)
	if err != nil {
		return nil, err
	}
	r := &Result{Config: c.Text(), RuleFiles: map[string][]byte{}, Assets: map[string][]byte{}, Selected: c.Selected, LeftOut: c.LeftOut, Ignored: c.Ignored, Warnings: c.Warnings, Jobs: c.jobsOf()}
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

// Unread are the Assets where Secrets and ConfigMaps were not read: every reference resolves.
type Unread struct{ promconfig.Placeholders }

// Err returns nil.
func (Unread) Err() error { return nil }

// instanceNamed returns the Prometheus of that name, or else the PrometheusAgent.
func instanceNamed(model *cluster.Model, name types.NamespacedName) *cluster.Instance {
	for _, kind := range []string{monitoringv1.PrometheusesKind, monitoringv1alpha1.PrometheusAgentsKind} {
		if of := model.Instance(selection.Ref{Kind: kind, Namespace: name.Namespace, Name: name.Name}); of != nil {
			return of
		}
	}
	return nil
}
