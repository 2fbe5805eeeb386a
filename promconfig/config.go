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

// Config writes the whole configuration: what the Prometheus object gives, where its
// rule files are, and the jobs of the parts, by kind and then by namespace and name.
func (g *Generator) Config(global Global, rules []RuleConfigMap, parts []Part) ([]byte, error) {
	var b bytes.Buffer
	if err := writeYAML(&b, global.Before); err != nil {
		return nil, err
	}
	if err := writeYAML(&b, g.ruleFiles(rules)); err != nil {
		return nil, err
	}
	jobs := 0
	b.WriteString("scrape_configs:")
	for _, kind := range g.order() {
		if kind == additional {
			n, err := writeAdditional(&b, global.Additional, jobs == 0)
			if err != nil {
				return nil, err
			}
			jobs += n
			continue
		}
		for _, part := range ofKind(parts, kind) {
			for _, job := range part.Jobs {
				entry, err := job.YAML()
				if err != nil {
					return nil, err
				}
				startList(&b, jobs == 0)
				b.Write(entry)
				jobs++
			}
		}
	}
	if jobs == 0 {
		b.WriteString(" []\n")
	}
	if err := writeYAML(&b, global.After); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ruleFiles is written whenever rules are selected at all, even with no file yet. There
// are at least three ConfigMaps, so that a Prometheus need not restart for the next one.
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

// additional stands for the scrape configurations that the user wrote by hand.
const additional = ""

// order of the jobs. It is not the same for servers and agents, and an agent that
// runs as a DaemonSet takes only PodMonitors.
func (g *Generator) order() []string {
	if !g.Agent() {
		return []string{monitoringv1.ServiceMonitorsKind, monitoringv1.PodMonitorsKind, monitoringv1.ProbesKind, monitoringv1alpha1.ScrapeConfigsKind, additional}
	}
	if g.daemonSet {
		return []string{monitoringv1.PodMonitorsKind, additional}
	}
	return []string{monitoringv1.PodMonitorsKind, additional, monitoringv1.ServiceMonitorsKind, monitoringv1.ProbesKind, monitoringv1alpha1.ScrapeConfigsKind}
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

func startList(b *bytes.Buffer, first bool) {
	if first {
		b.WriteByte('\n')
	}
}

func writeAdditional(b *bytes.Buffer, list []yaml.MapSlice, first bool) (int, error) {
	if len(list) == 0 {
		return 0, nil
	}
	out, err := yaml.Marshal(list)
	if err != nil {
		return 0, fmt.Errorf("writing the additional scrape configurations: %w", err)
	}
	startList(b, first)
	b.Write(out)
	return len(list), nil
}

func writeYAML(b *bytes.Buffer, fields yaml.MapSlice) error {
	if len(fields) == 0 {
		return nil
	}
	out, err := yaml.Marshal(fields)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	b.Write(out)
	return nil
}
