package render

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/judge"
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
}

// LeftOut is a selected object that the configuration does without.
type LeftOut struct {
	Kind, Namespace, Name string
	Findings              []validation.Finding
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
		lines = append(lines, "  "+f.Line())
	}
	return strings.Join(lines, "\n")
}

// Render makes the configuration of one Prometheus or PrometheusAgent.
func Render(set *Set, prometheus types.NamespacedName, options promconfig.Options) (*Result, error) {
	g, selectors, err := prepare(set, prometheus, options)
	if err != nil {
		return nil, err
	}
	if g.Unmanaged() {
		return nil, fmt.Errorf("%s: %w", prometheus, promconfig.ErrUnmanaged)
	}
	r := &run{set: set, generator: g, selectors: selectors, result: &Result{RuleFiles: map[string][]byte{}, Assets: map[string][]byte{}}}
	return r.result, r.all()
}

func prepare(set *Set, name types.NamespacedName, options promconfig.Options) (*promconfig.Generator, selection.Selectors, error) {
	var g *promconfig.Generator
	var selectors selection.Selectors
	var err error
	if p, ok := set.prometheuses[name]; ok {
		if g, err = promconfig.New(p, set, options); err == nil {
			selectors, err = selection.Of(p)
		}
	} else if a, ok := set.agents[name]; ok {
		if g, err = promconfig.NewAgent(a, set, options); err == nil {
			selectors, err = selection.OfAgent(a)
		}
	} else {
		return nil, nil, fmt.Errorf("there is no Prometheus and no PrometheusAgent %s", name)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, selectors, nil
}

// run is one rendering.
type run struct {
	set       *Set
	generator *promconfig.Generator
	selectors selection.Selectors
	judge     *judge.Judge
	result    *Result
	parts     []promconfig.Part
}

func (r *run) all() error {
	g := r.generator
	global := g.Global()
	r.judge = judge.New(g, global)
	if findings := r.judge.Global(); len(findings) > 0 {
		return &RefusedError{Name: nameOf(g.Namespace(), g.Name()), Findings: findings}
	}
	for _, i := range global.Ignored {
		r.result.Ignored = append(r.result.Ignored, Ignored{i, "Prometheus", g.Namespace(), g.Name()})
	}
	r.assets(global.Files)
	ruleConfigMaps := r.rules()
	r.jobs()
	if findings := r.judge.Whole(r.parts); len(findings) > 0 {
		return &RefusedError{Name: nameOf(g.Namespace(), g.Name()), Findings: findings}
	}
	config, err := g.Config(global, ruleConfigMaps, r.parts)
	if err != nil {
		return err
	}
	r.result.Config = config
	slices.SortFunc(r.result.LeftOut, func(a, b LeftOut) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return nil
}

func (r *run) jobs() {
	each(r, monitoringv1.ServiceMonitorsKind, r.set.monitors, r.generator.ServiceMonitor)
	each(r, monitoringv1.PodMonitorsKind, r.set.pods, r.generator.PodMonitor)
	each(r, monitoringv1.ProbesKind, r.set.probes, r.generator.Probe)
	each(r, monitoringv1alpha1.ScrapeConfigsKind, r.set.scrapeConfigs, r.generator.ScrapeConfig)
}

// each renders and judges the selected objects of one kind.
func each[T interface{ GetLabels() map[string]string }](r *run, kind string, objects map[types.NamespacedName]T, render func(T) promconfig.Part) {
	for _, name := range sortedNames(objects) {
		object := objects[name]
		if !r.selects(kind, name, object.GetLabels()) {
			continue
		}
		r.result.Selected++
		part := render(object)
		if findings := r.judge.Part(part); len(findings) > 0 {
			r.leaveOut(part.Kind, name, findings)
			continue
		}
		r.parts = append(r.parts, part)
		r.assets(part.Files)
		r.ignored(part.Kind, name, part.Ignored)
	}
}

// rules gives the ConfigMaps that hold the rule files. An agent selects none.
func (r *run) rules() []promconfig.RuleConfigMap {
	files := map[string][]byte{}
	for _, name := range sortedNames(r.set.rules) {
		rule := r.set.rules[name]
		if !r.selects(monitoringv1.PrometheusRuleKind, name, rule.Labels) {
			continue
		}
		r.result.Selected++
		file := r.generator.RuleFile(rule)
		if findings := r.judge.RuleFile(file, rule); len(findings) > 0 {
			r.leaveOut(monitoringv1.PrometheusRuleKind, name, findings)
			continue
		}
		if _, taken := files[file.File]; taken {
			r.leaveOut(monitoringv1.PrometheusRuleKind, name, []validation.Finding{sameFile(file)})
			continue
		}
		files[file.File] = file.Content
		r.ignored(monitoringv1.PrometheusRuleKind, name, file.Ignored)
	}
	configMaps := r.generator.RuleConfigMaps(files)
	for _, configMap := range configMaps {
		for file, content := range configMap.Files {
			r.result.RuleFiles[path.Join("rules", configMap.Name, file)] = content
		}
	}
	return configMaps
}

// sameFile happens to objects without a uid, as files hold them: a/b-c and a-b/c.
func sameFile(file promconfig.RuleFile) validation.Finding {
	return validation.Finding{
		Check: judge.Check, Severity: validation.Deny, Path: "metadata.name",
		Problem: fmt.Sprintf("another PrometheusRule without a uid makes the rule file %s too", file.File),
	}
}

func (r *run) selects(kind string, name types.NamespacedName, labels map[string]string) bool {
	return r.selectors.Selects(kind, name.Namespace, labels, r.set.namespaceLabels(name.Namespace))
}

func (r *run) leaveOut(kind string, name types.NamespacedName, findings []validation.Finding) {
	r.result.LeftOut = append(r.result.LeftOut, LeftOut{kind, name.Namespace, name.Name, findings})
}

func (r *run) ignored(kind string, name types.NamespacedName, ignored []promconfig.Ignored) {
	for _, i := range ignored {
		r.result.Ignored = append(r.result.Ignored, Ignored{i, kind, name.Namespace, name.Name})
	}
}

func (r *run) assets(files map[string][]byte) {
	for name, content := range files {
		r.result.Assets[path.Join("certs", name)] = content
	}
}

func sortedNames[V any](m map[types.NamespacedName]V) []types.NamespacedName {
	return slices.SortedFunc(maps.Keys(m), func(a, b types.NamespacedName) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}
