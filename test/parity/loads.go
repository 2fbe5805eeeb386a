package parity

import (
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/judge/discovery"
)

// refused reports whether Prometheus' loader accepts the configuration without the job of an
// object, but refuses it with the job.
func (c *Case) refused(object string) bool {
	var whole yaml.MapSlice
	if err := yaml.Unmarshal([]byte(c.Operator.Config), &whole); err != nil {
		return true
	}
	all, _ := field(whole, "scrape_configs").([]any)
	var own []any
	for _, job := range all {
		m, _ := job.(yaml.MapSlice)
		if name, _ := field(m, "job_name").(string); ofObject(name, object) {
			lower(m)
			own = append(own, m)
		}
	}
	if !c.loads(nil) {
		// Some section is for another version than that of the loader.
		return c.loads(nil, "global") && !c.loads(own, "global")
	}
	return !c.loads(own)
}

// lower writes the availability as Prometheus accepts it. The operator does not do so, which is a
// difference of its own, and no reason to refuse the object.
func lower(job yaml.MapSlice) {
	configs, _ := field(job, "openstack_sd_configs").([]any)
	for _, config := range configs {
		m, _ := config.(yaml.MapSlice)
		for i, item := range m {
			if text, ok := item.Value.(string); ok && item.Key == "availability" {
				m[i].Value = strings.ToLower(text)
			}
		}
	}
}

// loads reports whether Prometheus accepts the operator's output, with these jobs, or only some
// sections of it.
func (c *Case) loads(jobs []any, only ...string) bool {
	var whole, reduced yaml.MapSlice
	if err := yaml.Unmarshal([]byte(c.Operator.Config), &whole); err != nil {
		return false
	}
	for _, item := range whole {
		name, _ := item.Key.(string)
		if len(only) > 0 && name != "scrape_configs" && !slices.Contains(only, name) {
			continue
		}
		switch name {
		case "scrape_configs":
			item.Value = jobs
		case "global":
			if global, ok := item.Value.(yaml.MapSlice); ok && major2.Match(c.Prometheus.Spec) &&
				field(global, "metric_name_validation_scheme") == any(absent) {
				// The loader is that of Prometheus 3, which accepts any name.
				item.Value = append(global, yaml.MapItem{Key: "metric_name_validation_scheme", Value: "legacy"})
			}
		case "storage":
			if field(reduced, "storage") != any(absent) {
				// This is a difference of its own.
				continue
			}
		}
		reduced = append(reduced, item)
	}
	data, err := yaml.Marshal(reduced)
	if err != nil {
		return false
	}
	// The loader keeps the kinds that are known when it runs for the first time.
	discovery.Register()
	_, err = config.Load(string(data), promslog.NewNopLogger())
	return err == nil
}

var major2 = regexp.MustCompile(`"version":"v?2\.`)
