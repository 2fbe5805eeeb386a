package judge

import (
	"fmt"

	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v2"
)

// Sending returns the external labels of a Prometheus as they are written, and what it does with its alerts, as its loader
// reads it.
func (j *Judge) Sending() (external map[string]string, alerting config.AlertingConfig, err error) {
	external = map[string]string{}
	section, _ := valueOf(j.own, "global").(yaml.MapSlice)
	labels, _ := valueOf(section, "external_labels").(yaml.MapSlice)
	for _, item := range labels {
		external[fmt.Sprint(item.Key)] = fmt.Sprint(item.Value)
	}
	var sections yaml.MapSlice
	for _, item := range j.global.After {
		if item.Key == "alerting" {
			sections = append(sections, item)
		}
	}
	c, err := j.load(j.header, sections)
	if err != nil {
		return nil, config.AlertingConfig{}, err
	}
	return external, c.AlertingConfig, nil
}
