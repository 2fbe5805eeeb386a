package judge

import (
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/relabeling"
)

// Keys of the configuration for the names of metrics and labels.
const (
	validationKey = "metric_name_validation_scheme"
	escapingKey   = "metric_name_escaping_scheme"
)

// older says what the Prometheus refuses, and the linked loader accepts.
func (j *Judge) older(whole yaml.MapSlice) error {
	if j.g.LegacyLabels() {
		if err := legacyLabels(whole); err != nil {
			return err
		}
	}
	if !j.g.Has(since.LegacyTemplates) {
		if err := j.relabelNames(whole, configuredNames(whole)); err != nil {
			return err
		}
	}
	if j.g.Has(since.NameEscapingScheme) && !j.g.Has(since.ConfiguredNames) {
		if err := escaping(whole); err != nil {
			return err
		}
	}
	if !j.g.Has(since.ConfiguredNames) {
		if err := translation(whole); err != nil {
			return err
		}
	}
	if !j.g.Has(since.PodNodeSelectors) { // the newest of these values
		if err := j.olderValues(whole); err != nil {
			return err
		}
	}
	return j.unknown(whole)
}

// relabelNames refuses names that relabelings may not write.
func (j *Judge) relabelNames(value any, scheme model.ValidationScheme) error {
	switch v := value.(type) {
	case yaml.MapSlice:
		if own, ok := textOf(v, validationKey); ok {
			_ = scheme.Set(own) // a scheme that does not exist is for the loader
		}
		for _, item := range v {
			if isRelabelings(item.Key) {
				if err := refusedNames(entriesOf(item.Value), j.g.RelabelNames(scheme)); err != nil {
					return err
				}
			} else if err := j.relabelNames(item.Value, scheme); err != nil {
				return err
			}
		}
	default:
		for _, entry := range entriesOf(value) {
			if err := j.relabelNames(entry, scheme); err != nil {
				return err
			}
		}
	}
	return nil
}

func isRelabelings(key any) bool {
	switch key {
	case "relabel_configs", "metric_relabel_configs", "alert_relabel_configs", "write_relabel_configs":
		return true
	}
	return false
}

func refusedNames(list []yaml.MapSlice, names relabeling.Names) error {
	for _, entry := range list {
		action := relabel.Replace
		if text, ok := textOf(entry, "action"); ok {
			action = relabel.Action(text)
		}
		writes, replacement := relabeling.WritesName(action)
		key, byDefault := "target_label", ""
		if replacement {
			key, byDefault = "replacement", relabeling.DefaultReplacement
		}
		label, ok := textOf(entry, key)
		if !ok {
			label = byDefault
		}
		if writes && label != "" && !names.Accept(action, label) { // a missing one is for the loader
			return fmt.Errorf("%q is invalid '%s' for %s action", label, key, action)
		}
	}
	return nil
}

// escaping says what 3.4 to 3.6 refuse: a job without an escaping scheme of its own has that of the
// global section there, whatever its validation scheme is.
func escaping(whole yaml.MapSlice) error {
	for _, job := range entriesOf(valueOf(whole, "scrape_configs")) {
		scheme := configuredNames(whole)
		if own, ok := textOf(job, validationKey); ok {
			_ = scheme.Set(own)
		}
		own, ok := textOf(job, escapingKey)
		if !ok {
			own = configuredEscaping(whole)
		}
		if own == model.AllowUTF8 && scheme == model.LegacyValidation {
			return errors.New("utf8 metric names requested but validation scheme is not set to UTF8; until Prometheus 3.6 a job without nameEscapingScheme has that of the Prometheus")
		}
	}
	return nil
}

// translation refuses a strategy that needs names in UTF-8. The linked loader does so too, but is not shown
// the scheme of an older Prometheus.
func translation(whole yaml.MapSlice) error {
	strategy, _ := valueOf(sectionOf(whole, "otlp"), "translation_strategy").(*monitoringv1.TranslationStrategyOption)
	if strategy == nil || configuredNames(whole) != model.LegacyValidation {
		return nil
	}
	if *strategy == monitoringv1.NoTranslation || *strategy == monitoringv1.NoUTF8EscapingWithSuffixes {
		return fmt.Errorf("OTLP translation strategy %q is not allowed when UTF8 is disabled", *strategy)
	}
	return nil
}

// configuredNames returns the scheme of names in the global section.
func configuredNames(whole yaml.MapSlice) model.ValidationScheme {
	scheme := model.UTF8Validation
	if text, ok := textOf(sectionOf(whole, "global"), validationKey); ok {
		_ = scheme.Set(text) // a scheme that does not exist is for the loader
	}
	return scheme
}

// configuredEscaping returns the escaping scheme of the global section, or its default.
func configuredEscaping(whole yaml.MapSlice) string {
	if text, ok := textOf(sectionOf(whole, "global"), escapingKey); ok {
		return text
	}
	if configuredNames(whole) == model.LegacyValidation {
		return model.EscapeUnderscores
	}
	return model.AllowUTF8
}

func sectionOf(m yaml.MapSlice, key string) yaml.MapSlice {
	section, _ := valueOf(m, key).(yaml.MapSlice)
	return section
}

// textOf returns the text of a key, if it has one.
func textOf(m yaml.MapSlice, key string) (string, bool) {
	text, ok := valueOf(m, key).(string)
	return text, ok
}

func valueOf(m yaml.MapSlice, key string) any {
	for _, item := range m {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// entriesOf returns the mappings in a list: one that is rendered, or one that the user wrote by hand.
func entriesOf(list any) []yaml.MapSlice {
	switch v := list.(type) {
	case []yaml.MapSlice:
		return v
	case []any:
		var entries []yaml.MapSlice
		for _, entry := range v {
			if m, ok := entry.(yaml.MapSlice); ok {
				entries = append(entries, m)
			}
		}
		return entries
	}
	return nil
}
