package versions

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/since"
)

// A configurationProbe is a construct of configurations, and one that a release accepts if, and only if, it accepts
// the construct.
type configurationProbe struct {
	Configuration

	kind dialect.Kind
	name string

	// field means that the release has to know a field, whatever it says of its value.
	field bool

	// feature is what promgate calls the construct. The release that has it first is that of the feature,
	// or the last one before it if ends is set.
	feature *since.Feature
	ends    bool
}

// fieldProbes returns a probe for each field that any of the releases has.
func fieldProbes(sources []*loaderSource) []configurationProbe {
	all, of := map[string][]string{}, map[string]section{}
	for _, s := range sections {
		of[s.name] = s
	}
	unlinked := map[string]bool{}
	for _, s := range sources {
		for name, fields := range s.Fields {
			all[name] = append(all[name], fields...)
		}
		for _, d := range s.Kinds {
			section := d.section()
			of[section.name], unlinked[section.name] = section, unlinked[section.name] || !d.Linked
			all[section.name] = append(all[section.name], d.Fields...)
			all["scrape_configs"] = append(all["scrape_configs"], section.name)
		}
	}
	var probes []configurationProbe
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, field := range unique(all[name]) {
			if unlinked[name] || unlinked[field] {
				continue
			}
			probes = append(probes, configurationProbe{
				kind: dialect.Kind(name), name: field, field: true,
				Configuration: Configuration{Text: fmt.Sprintf(of[name].text, field+": null")},
			})
		}
	}
	return probes
}

// behaviour is the kind of what is no field.
const behaviour = dialect.Kind("values and names")

// behaviourProbes returns the probes of values, and of what fields mean for each other.
func behaviourProbes() []configurationProbe {
	probes := []configurationProbe{
		valueProbe("the relabeling action keepequal", relabeling("source_labels: [a], target_label: b, action: keepequal")).of(since.EqualActions),
		valueProbe("the relabeling action dropequal", relabeling("source_labels: [a], target_label: b, action: dropequal")).of(since.EqualActions),
		valueProbe("a source label such as a.b", relabeling("source_labels: [a.b], target_label: b")).of(since.UTF8Names),
		valueProbe("a target label such as a.b", relabeling("source_labels: [a], target_label: a.b")).of(since.UTF8Names),
		valueProbe("a target label such as a.${1}", relabeling("source_labels: [a], target_label: 'a.${1}'")).of(since.AnyTemplates),
		valueProbe("a replacement of labelmap such as a.$1", relabeling("action: labelmap, replacement: 'a.$1'")).of(since.AnyTemplates),
		valueProbe("a target label such as ${1} of lowercase", relabeling("source_labels: [a], action: lowercase, target_label: '${1}'")),
		valueProbe("a label of a static target such as a.b", "scrape_configs: [{job_name: a, static_configs: [{targets: ['a:1'], labels: {a.b: c}}]}]").of(since.UTF8Names),
		valueProbe("an external label such as a.b", "global: {external_labels: {a.b: c}}").of(since.UTF8Names),
		valueProbe("a required matcher such as a.b", "remote_read: [{url: a, required_matchers: {a.b: c}}]").of(since.UTF8Names),
		valueProbe("metric_name_validation_scheme legacy: a target label such as a.b", legacy+relabeling("source_labels: [a], target_label: a.b")).until(since.ConfiguredNames),
		valueProbe("metric_name_validation_scheme legacy: an external label such as a.b", "global: {metric_name_validation_scheme: legacy, external_labels: {a.b: c}}").until(since.ConfiguredNames),
		valueProbe("metric_name_validation_scheme legacy: a target label such as a_${1}", legacy+relabeling("source_labels: [a], target_label: 'a_${1}'")),
		valueProbe("metric_name_validation_scheme legacy of a job alone", "scrape_configs: [{job_name: a, metric_name_validation_scheme: legacy}]"),
		valueProbe("an empty client_secret", "scrape_configs: [{job_name: a, oauth2: {client_id: a, client_secret: '', token_url: a}}]").of(since.EmptyClientSecret),
		valueProbe("api_version v1 of an Alertmanager", "alerting: {alertmanagers: [{api_version: v1}]}"),
		valueProbe("selectors of nodes in kubernetes_sd_configs with the role pod", "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod, selectors: [{role: node, label: a=b}]}]}]").of(since.PodNodeSelectors),
		valueProbe("protobuf_message io.prometheus.write.v2.Request", "remote_write: [{url: a, protobuf_message: io.prometheus.write.v2.Request}]").of(since.RemoteWriteMessageVersion),
	}
	agent := valueProbe("an agent without remote_write", "global: {}").of(since.AgentWithoutRemoteWrite)
	agent.Agent = true
	probes = append(probes, agent)
	for _, p := range []string{"PrometheusProto", "OpenMetricsText0.0.1", "OpenMetricsText1.0.0", "PrometheusText0.0.4", "PrometheusText1.0.0"} {
		probes = append(probes, valueProbe("the scrape protocol "+p, "global: {scrape_protocols: ["+p+"]}"))
	}
	for _, s := range []string{"UnderscoreEscapingWithSuffixes", "UnderscoreEscapingWithoutSuffixes", "NoUTF8EscapingWithSuffixes", "NoTranslation"} {
		probes = append(probes, valueProbe("translation_strategy "+s, "otlp: {translation_strategy: "+s+"}"))
	}
	return probes
}

const legacy = "global: {metric_name_validation_scheme: legacy}\n"

func valueProbe(name, text string) configurationProbe {
	return configurationProbe{kind: behaviour, name: name, Configuration: Configuration{Text: text}}
}

func relabeling(fields string) string {
	return "scrape_configs: [{job_name: a, relabel_configs: [{" + fields + "}]}]"
}

// of says which feature the construct is.
func (p configurationProbe) of(f *since.Feature) configurationProbe {
	p.feature = f
	return p
}

// until says with which feature the construct ends.
func (p configurationProbe) until(f *since.Feature) configurationProbe {
	p.feature, p.ends = f, true
	return p
}

// verdict returns the feature flag that a release needs for a construct: none, one, or [refused].
func (l *Loader) verdict(p configurationProbe) (string, error) {
	for _, flags := range [][]string{nil, {"utf8-names"}} {
		c := p.Configuration
		c.Flags = flags
		said, err := l.Load(c)
		if err != nil {
			return "", err
		}
		if len(said) == 0 || p.field && !unknownField.MatchString(strings.Join(said, "\n")) {
			return strings.Join(flags, ""), nil
		}
	}
	return refused, nil
}

var unknownField = regexp.MustCompile(`field \S+ not found in type`)
