package judge

import (
	"fmt"
	"slices"
	"sync"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

// matcherMode is how an Alertmanager reads matchers and the names of labels.
type matcherMode int

const (
	// fallbackMatchers is the default since Alertmanager 0.27.0: what one of two parsers accepts.
	fallbackMatchers matcherMode = iota

	// classicMatchers is the only one before, and the feature classic-mode.
	classicMatchers

	// strictMatchers is the feature utf8-strict-mode.
	strictMatchers
)

// matcherMode returns the mode of the Alertmanager: by its version and its feature flags.
func (j *Alertmanager) matcherMode() matcherMode {
	features := j.g.Features()
	switch {
	case j.unknown:
		return fallbackMatchers
	case !j.g.Has(since.AlertmanagerUTF8), slices.Contains(features, featurecontrol.FeatureClassicMode):
		return classicMatchers
	case slices.Contains(features, featurecontrol.FeatureUTF8StrictMode):
		return strictMatchers
	}
	return fallbackMatchers
}

// initMatchers sets the mode of Alertmanager's package for all of the process, once: the one that accepts most. The
// other modes are judged by [matcherMode.check].
var initMatchers = sync.OnceFunc(func() {
	compat.InitFromFlags(promslog.NewNopLogger(), featurecontrol.NoopFlags{})
})

func marshalAlertmanager(whole yaml.MapSlice) (string, error) {
	text, err := yaml.Marshal(pruned(whole))
	if err != nil {
		return "", fmt.Errorf("writing the configuration: %w", err)
	}
	return string(text), nil
}

// loadAlertmanager writes a configuration and loads it. It returns the size of the text, in bytes.
func loadAlertmanager(whole yaml.MapSlice, mode matcherMode) (size int, err error) {
	text, err := marshalAlertmanager(whole)
	if err != nil {
		return 0, err
	}
	_, err = loadAlertmanagerText(text, mode)
	return len(text), err
}

// loadAlertmanagerText runs the loader of Alertmanager.
func loadAlertmanagerText(text string, mode matcherMode) (c *config.Config, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, fmt.Errorf("the configuration cannot be read: %v", p)
		}
	}()
	initMatchers()
	if c, err = config.Load(text); err != nil {
		return nil, err //nolint:wrapcheck // the words are the loader's
	}
	if err := mode.check(text); err != nil {
		return nil, err
	}
	return c, nil
}

// check says what is wrong with the matchers and labels of a configuration that the loader has accepted, whose mode is the default.
func (m matcherMode) check(text string) error {
	if m == fallbackMatchers {
		return nil
	}
	var written struct {
		Route        writtenRoute     `yaml:"route"`
		InhibitRules []writtenInhibit `yaml:"inhibit_rules"`
	}
	if err := yaml.Unmarshal([]byte(text), &written); err != nil {
		return fmt.Errorf("reading the matchers: %w", err)
	}
	if err := m.route(written.Route); err != nil {
		return err
	}
	for _, r := range written.InhibitRules {
		if err := m.matchers(append(slices.Clone(r.Source), r.Target...)); err != nil {
			return err
		}
		if err := m.labels("equal list", r.Equal); err != nil {
			return err
		}
	}
	return nil
}

type writtenRoute struct {
	Matchers []string       `yaml:"matchers"`
	GroupBy  []string       `yaml:"group_by"`
	Routes   []writtenRoute `yaml:"routes"`
}

type writtenInhibit struct {
	Source []string `yaml:"source_matchers"`
	Target []string `yaml:"target_matchers"`
	Equal  []string `yaml:"equal"`
}

func (m matcherMode) route(r writtenRoute) error {
	if err := m.matchers(r.Matchers); err != nil {
		return err
	}
	if err := m.labels("group_by list", r.GroupBy); err != nil {
		return err
	}
	for _, below := range r.Routes {
		if err := m.route(below); err != nil {
			return err
		}
	}
	return nil
}

func (m matcherMode) matchers(list []string) error {
	parse := compat.ClassicMatchersParser(promslog.NewNopLogger())
	if m == strictMatchers {
		parse = compat.UTF8MatchersParser(promslog.NewNopLogger())
	}
	for _, text := range list {
		if _, err := parse(text, "config"); err != nil {
			return err //nolint:wrapcheck // the words are the loader's
		}
	}
	return nil
}

func (m matcherMode) labels(where string, names []string) error {
	for _, name := range names {
		if m == classicMatchers && name != "..." && !model.LegacyValidation.IsValidLabelName(name) {
			return fmt.Errorf("invalid label name %q in %s", name, where)
		}
	}
	return nil
}
