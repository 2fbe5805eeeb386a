package promconfig

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"
)

// Config writes the whole configuration: what the Prometheus object gives, and the
// jobs of the parts, by kind and then by namespace and name.
func (g *Generator) Config(global Global, parts []Part) ([]byte, error) {
	var b bytes.Buffer
	if err := writeYAML(&b, global.Before); err != nil {
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
