package judge

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/consul"     // linked, so that the loader knows the kind
	_ "github.com/prometheus/prometheus/discovery/dns"        // the same
	_ "github.com/prometheus/prometheus/discovery/file"       // the same
	_ "github.com/prometheus/prometheus/discovery/http"       // the same
	_ "github.com/prometheus/prometheus/discovery/kubernetes" // the same
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/judge/discovery"
)

// load runs the loader of Prometheus over sections.
func (j *Judge) load(sections ...yaml.MapSlice) (*config.Config, error) {
	if err := j.beforeLoading(sections...); err != nil {
		return nil, err
	}
	return j.loadChecked(sections...)
}

// loadChecked is load for sections that [Judge.beforeLoading] has accepted.
func (j *Judge) loadChecked(sections ...yaml.MapSlice) (*config.Config, error) {
	text, err := j.text(sections...)
	if err != nil {
		return nil, err
	}
	return loadText(text)
}

// attempt loads sections for the verdict alone, and returns the number of bytes that it read.
func (j *Judge) attempt(sections ...yaml.MapSlice) (int, error) {
	if err := j.beforeLoading(sections...); err != nil {
		return 0, err
	}
	text, err := j.text(sections...)
	if err != nil {
		return 0, err
	}
	_, err = loadText(text)
	return len(text), err
}

// beforeLoading says what is wrong with sections that the linked loader accepts.
func (j *Judge) beforeLoading(sections ...yaml.MapSlice) error {
	if err := j.limits.unloadable(sections); err != nil {
		return err
	}
	return j.older(joined(sections))
}

func joined(sections []yaml.MapSlice) yaml.MapSlice {
	var whole yaml.MapSlice
	for _, s := range sections {
		whole = append(whole, s...)
	}
	return whole
}

// text writes sections for the loader.
func (j *Judge) text(sections ...yaml.MapSlice) (string, error) {
	whole := joined(sections)
	if !j.g.Has(since.ConfiguredNames) {
		whole, _ = asToday(whole).(yaml.MapSlice)
	}
	text, err := yaml.Marshal(whole)
	if err != nil {
		return "", fmt.Errorf("writing the configuration: %w", err)
	}
	return j.pod.Replace(string(text)), nil
}

// PodVariables returns the values by which the config-reloader of the operator replaces
// $(NAME) in the first pod of a Prometheus. The names of its zone and its node are made up.
func PodVariables(prometheus string) map[string]string {
	return map[string]string{
		"POD_NAME":      "prometheus-" + cmp.Or(prometheus, "main") + "-0",
		"SHARD":         "0",
		"INZONE_SHARD":  "0",
		"TOPOLOGY_ZONE": "zone-a",
		"NODE_NAME":     "node-a",
	}
}

// podVariables replaces what the config-reloader of the operator replaces before Prometheus
// reads the configuration, everywhere: in a regular expression of the user too.
func podVariables(prometheus string) *strings.Replacer {
	var pairs []string
	for name, value := range PodVariables(prometheus) {
		pairs = append(pairs, "$("+name+")", value)
	}
	return strings.NewReplacer(pairs...)
}

// loadText runs the loader of Prometheus.
func loadText(text string) (*config.Config, error) {
	return recovered(func() (*config.Config, error) { return config.Load(text, promslog.NewNopLogger()) })
}

// recovered turns a panic of a loader into a refusal.
func recovered(load func() (*config.Config, error)) (c *config.Config, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, fmt.Errorf("the configuration cannot be read: %v", p)
		}
	}()
	return load()
}

// Text runs the loader over a configuration in its final form.
func Text(configuration []byte) error {
	discovery.Register()
	if _, err := loadText(string(configuration)); err != nil {
		return errors.New(words(err))
	}
	return nil
}

// Whole is Text for a configuration of a Prometheus 3.7 or later, if configuredNames is set, or of an
// older one.
func Whole(configuration []byte, configuredNames bool) error {
	if configuredNames {
		return Text(configuration)
	}
	var sections yaml.MapSlice
	if err := yaml.Unmarshal(configuration, &sections); err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	text, err := yaml.Marshal(asToday(sections))
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return Text(text)
}

// asToday translates settings of an older Prometheus into those of the linked loader. Older judges the
// schemes of names, which the linked loader applies to more names.
func asToday(value any) any {
	switch v := value.(type) {
	case yaml.MapSlice:
		out := make(yaml.MapSlice, 0, len(v))
		for _, item := range v {
			switch {
			case item.Key == "scrape_classic_histograms":
				item.Key = "always_scrape_classic_histograms"
			case item.Key == "api_version" && item.Value == "v1", item.Key == validationKey, item.Key == escapingKey:
				continue
			}
			out = append(out, yaml.MapItem{Key: item.Key, Value: asToday(item.Value)})
		}
		return out
	case []yaml.MapSlice:
		out := make([]yaml.MapSlice, len(v))
		for i, m := range v {
			out[i], _ = asToday(m).(yaml.MapSlice)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, entry := range v {
			out[i] = asToday(entry)
		}
		return out
	}
	return value
}

// words returns the message of the loader in one line, without line numbers.
func words(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "line "); ok {
			if _, after, found := strings.Cut(rest, ": "); found {
				line = after // the number is of a line that nobody has seen
			}
		}
		lines[i] = line
	}
	return strings.Join(lines, "; ")
}
