package promconfig

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"
)

// Config returns the whole configuration: the sections of the Prometheus, the paths of its
// rule files, and the jobs of the parts by kind, namespace and name.
func (g *Generator) Config(global Global, rules []RuleConfigMap, parts []Part) ([]byte, error) {
	frame, err := g.Frame(global, rules)
	if err != nil {
		return nil, err
	}
	jobs := map[string][]byte{}
	for _, kind := range frame.Kinds {
		for _, part := range ofKind(parts, kind) {
			text, err := part.YAML()
			if err != nil {
				return nil, err
			}
			jobs[kind] = append(jobs[kind], text...)
		}
	}
	var b bytes.Buffer
	b.Write(frame.Before)
	none := true
	for _, kind := range frame.Kinds {
		text := jobs[kind]
		if kind == Additional {
			text = frame.Additional
		}
		if none && len(text) > 0 {
			b.WriteByte('\n')
			none = false
		}
		b.Write(text)
	}
	if none {
		b.WriteString(NoJobs)
	}
	b.Write(frame.After)
	return b.Bytes(), nil
}

// A Frame is a configuration without the jobs of objects, for a caller that keeps the texts
// of the jobs and assembles them again when one has changed. The configuration is Before, a
// line break, the jobs in the order of Kinds, and After. Without a job it is Before,
// [NoJobs] and After.
type Frame struct {
	Before []byte

	// Kinds are the kinds of the objects whose jobs follow one another, in order.
	// [Additional] is the place of the field of that name.
	Kinds      []string
	Additional []byte

	After []byte
}

// NoJobs replaces the jobs in a configuration that has none.
const NoJobs = " []\n"

// Frame returns everything but the jobs of objects.
func (g *Generator) Frame(global Global, rules []RuleConfigMap) (Frame, error) {
	f := Frame{Kinds: g.order()}
	before, err := marshal(global.Before)
	if err != nil {
		return f, err
	}
	ruleFiles, err := marshal(g.ruleFiles(rules))
	if err != nil {
		return f, err
	}
	f.Before = slices.Concat(before, ruleFiles, []byte("scrape_configs:"))
	if len(global.Additional) > 0 {
		if f.Additional, err = yaml.Marshal(global.Additional); err != nil {
			return f, fmt.Errorf("writing the additional scrape configurations: %w", err)
		}
	}
	f.After, err = marshal(global.After)
	return f, err
}

// ruleFiles returns the section if the Prometheus selects rules at all, even if there is no
// file yet. It lists at least three ConfigMaps, so that a Prometheus need not restart when
// the second one appears.
func (g *Generator) ruleFiles(configMaps []RuleConfigMap) yaml.MapSlice {
	if g.Agent() || g.server.RuleSelector == nil {
		return nil
	}
	names := make([]string, 0, max(len(configMaps), 3))
	for i := range max(len(configMaps), 3) {
		names = append(names, g.ruleConfigMap(i))
	}
	slices.Sort(names)
	patterns := make([]string, len(names))
	for i, name := range names {
		patterns[i] = path.Join(g.paths.Rules, name, "*.yaml")
	}
	return yaml.MapSlice{{Key: "rule_files", Value: patterns}}
}

// Additional is the place of the scrape configurations that the user wrote by hand, among
// the kinds of a [Frame].
const Additional = ""

// order returns the kinds in the order of their jobs, which differs between servers and
// agents. An agent that runs as a DaemonSet uses only PodMonitors.
func (g *Generator) order() []string {
	if !g.Agent() {
		return []string{monitoringv1.ServiceMonitorsKind, monitoringv1.PodMonitorsKind, monitoringv1.ProbesKind, monitoringv1alpha1.ScrapeConfigsKind, Additional}
	}
	if g.daemonSet {
		return []string{monitoringv1.PodMonitorsKind, Additional}
	}
	return []string{monitoringv1.PodMonitorsKind, Additional, monitoringv1.ServiceMonitorsKind, monitoringv1.ProbesKind, monitoringv1alpha1.ScrapeConfigsKind}
}

func ofKind(parts []Part, kind string) []Part {
	var out []Part
	for _, p := range parts {
		if p.Kind == kind {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Part) int {
		return cmp.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	return out
}

func marshal(fields yaml.MapSlice) ([]byte, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	out, err := yaml.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("writing the configuration: %w", err)
	}
	return out, nil
}
