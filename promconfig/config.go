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

// A Frame is a configuration without the jobs of objects. It is for whoever keeps the
// jobs' texts, and puts them together again when one has changed. The whole is Before, a
// line break, the jobs in the order of Kinds, and After; without a job it is Before,
// [NoJobs] and After.
type Frame struct {
	Before []byte

	// Kinds are those of the objects that jobs come from, in order. [Additional] stands
	// for the entries of the same name.
	Kinds      []string
	Additional []byte

	After []byte
}

// NoJobs is what stands in the place of jobs where there are none.
const NoJobs = " []\n"

// Frame writes all but the jobs of objects.
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

// Additional stands for the scrape configurations that the user wrote by hand.
const Additional = ""

// order of the jobs. It is not the same for servers and agents, and an agent that
// runs as a DaemonSet takes only PodMonitors.
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
