package rig

import (
	"context"
	"encoding/json"
	"fmt"
)

// loadedMessage is the message that Prometheus logs each time it has loaded a configuration.
const loadedMessage = "Completed loading of configuration file"

// Target is a target of Prometheus.
type Target struct {
	// Pool is the job_name in the configuration. The label job of the target may differ.
	Pool string `json:"scrapePool"`
	URL  string `json:"scrapeUrl"`
	// Health is up, down, or unknown before the first scrape.
	Health    string            `json:"health"`
	LastError string            `json:"lastError"`
	Labels    map[string]string `json:"labels"`
}

// Rule is a recording or alerting rule that Prometheus evaluates.
type Rule struct {
	// Name is the name of the alert, or of the recorded series.
	Name string `json:"name"`
	// Type is alerting or recording.
	Type  string `json:"type"`
	Query string `json:"query"`
	// Health is ok, err, or unknown before the first evaluation.
	Health string `json:"health"`
	// State is the state of an alert: inactive, pending or firing.
	State     string            `json:"state"`
	LastError string            `json:"lastError"`
	Labels    map[string]string `json:"labels"`
	// Group and File contain the rule.
	Group string `json:"-"`
	File  string `json:"-"`
}

// Targets returns the targets of Prometheus, without those that relabeling dropped.
func (p *Prometheus) Targets(ctx context.Context) ([]Target, error) {
	var data struct {
		Active []Target `json:"activeTargets"`
	}
	err := p.getData(ctx, "/api/v1/targets?state=active", &data)
	return data.Active, err
}

// Rules returns the rules that Prometheus evaluates, in the order of its files.
func (p *Prometheus) Rules(ctx context.Context) ([]Rule, error) {
	var data struct {
		Groups []struct {
			Name  string `json:"name"`
			File  string `json:"file"`
			Rules []Rule `json:"rules"`
		} `json:"groups"`
	}
	err := p.getData(ctx, "/api/v1/rules", &data)
	var rules []Rule
	for _, group := range data.Groups {
		for _, rule := range group.Rules {
			rule.Group, rule.File = group.Name, group.File
			rules = append(rules, rule)
		}
	}
	return rules, err
}

// Config returns the configuration that Prometheus reports, as YAML with all defaults and without
// secrets.
func (p *Prometheus) Config(ctx context.Context) (string, error) {
	var data struct {
		YAML string `json:"yaml"`
	}
	err := p.getData(ctx, "/api/v1/status/config", &data)
	return data.YAML, err
}

// Loads returns how often Prometheus has loaded a configuration, including the one that it started
// with. It counts messages in the log, which a configuration can silence.
func (p *Prometheus) Loads() (int, error) {
	entries, err := p.entries(0)
	if err != nil {
		return 0, err
	}
	loads := 0
	for _, e := range entries {
		if e.Message == loadedMessage {
			loads++
		}
	}
	return loads, nil
}

// getData decodes the data of an answer of the API.
func (p *Prometheus) getData(ctx context.Context, path string, data any) error {
	body, err := p.Get(ctx, path)
	if err != nil {
		return err
	}
	answer := struct {
		Data any `json:"data"`
	}{Data: data}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("reading the answer of Prometheus at %s: %w", path, err)
	}
	return nil
}
