package notification

import (
	"slices"

	"github.com/prometheus/alertmanager/pkg/labels"

	"github.com/promgate/promgate/validation"
)

// A Config is the part of the configuration of an Alertmanager that an object holds.
type Config struct {
	// Route is nil if there is none, and if one of the routes cannot be read.
	Route *Route

	// Unrouted reports that there certainly is no route.
	Unrouted bool

	Receivers    []Receiver
	Intervals    []Interval
	InhibitRules []InhibitRule

	// Confined is the namespace to whose alerts the operator limits routes and inhibit rules, or empty.
	Confined string

	// Templates are those that texts may refer to. They are nil if nothing is known.
	Templates *validation.Templates
}

// On lifts a check to a check on an object that holds a configuration. It finds nothing where configOf returns nil.
func On[T any](check validation.Check[*Config], configOf func(T, validation.Snapshot) *Config) validation.Check[T] {
	return validation.EachWith(check, func(object T, s validation.Snapshot) []*Config {
		if c := configOf(object, s); c != nil {
			return []*Config{c}
		}
		return nil
	})
}

// confined returns the matcher that the operator adds.
func (c *Config) confined() labels.Matchers {
	if c.Confined == "" {
		return nil
	}
	m, err := labels.NewMatcher(labels.MatchEqual, "namespace", c.Confined)
	if err != nil {
		return nil
	}
	return labels.Matchers{m}
}

// A Route is a route and those below it.
type Route struct {
	validation.Place

	Receiver  string
	Matchers  labels.Matchers
	Continue  bool
	Intervals []string
	Routes    []*Route
}

// A Receiver is a receiver with its integrations, as JSON has them: slackConfigs or slack_configs, for one.
type Receiver struct {
	validation.Place

	Name         string
	Integrations []Integration
}

// An Integration is one way to notify somebody.
type Integration struct {
	validation.Place

	Kind   string // slack, webhook, ...
	Fields map[string]any
}

// An Interval is a named time interval.
type Interval struct {
	validation.Place

	Name string
}

// An InhibitRule is an inhibit rule.
type InhibitRule struct {
	validation.Place

	Source, Target labels.Matchers
	Equal          []string
}

// walk calls visit for a route and all routes below it, outer ones first. above are the matchers of the routes around it.
func (r *Route) walk(above labels.Matchers, visit func(r *Route, above labels.Matchers)) {
	if r == nil {
		return
	}
	visit(r, above)
	inside := slices.Concat(above, r.Matchers)
	for _, below := range r.Routes {
		below.walk(inside, visit)
	}
}
