package rig

import (
	"context"
	"encoding/json"
	"fmt"
)

// loadedMessage is what Prometheus says each time it has taken a configuration.
const loadedMessage = "Completed loading of configuration file"

// Target is something that Prometheus scrapes.
type Target struct {
	// Pool is the job_name in the configuration; the job as the target's label may be
	// another.
	Pool string `json:"scrapePool"`
	URL  string `json:"scrapeUrl"`
	// Health is up, down, or unknown before the first scrape.
	Health    string            `json:"health"`
	LastError string            `json:"lastError"`
	Labels    map[string]string `json:"labels"`
}

// Rule is a recording or alerting rule that Prometheus evaluates.
type Rule struct {
	// Name is that of the alert, or of the series that is recorded.
	Name string `json:"name"`
	// Type is alerting or recording.
	Type  string `json:"type"`
	Query string `json:"query"`
	// Health is ok, err, or unknown before the first evaluation.
	Health string `json:"health"`
	// State is that of an alert: inactive, pending or firing.
	State     string            `json:"state"`
	LastError string            `json:"lastError"`
	Labels    map[string]string `json:"labels"`
	// Group and File are where the rule stands.
	Group string `json:"-"`
	File  string `json:"-"`
}

// Targets gives what Prometheus scrapes, without what its relabeling dropped.
func (p *Prometheus) Targets(ctx context.Context) ([]Target, error) {
	var data struct {
		Active []Target `json:"activeTargets"`
	}
	err := p.getData(ctx, "/api/v1/targets?state=active", &data)
	return data.Active, err
}

// Rules gives the rules that Prometheus evaluates, in the order of its files.
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

// Config gives the configuration that Prometheus says it has, as YAML with all
// defaults and without secrets.
func (p *Prometheus) Config(ctx context.Context) (string, error) {
	var data struct {
		YAML string `json:"yaml"`
	}
	err := p.getData(ctx, "/api/v1/status/config", &data)
	return data.YAML, err
}

// Loads says how often Prometheus has taken a configuration, the one that it started
// with included. It counts what the log says, which a configuration can make silent.
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

// getData decodes what the API answers with.
func (p *Prometheus) getData(ctx context.Context, path string, data any) error {
	body, err := p.Get(ctx, path)
	if err != nil {
		return err
	}
	answer := struct {
		Data any `json:"data"`
	}{Data: data}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("reading what Prometheus says at %s: %w", path, err)
	}
	return nil
}
