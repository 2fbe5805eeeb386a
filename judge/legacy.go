package judge

import (
	"fmt"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v2"
)

// legacyLabels refuses the label names that a Prometheus 2 cannot decode, in the words of
// its loader: the one that is linked decodes any UTF-8 text as the name of a source label or
// of a static target's label, and never asks the validation scheme about them
// (model.LabelName, common v0.59.1 of Prometheus 2.55 and v0.72.1).
func legacyLabels(value any) error {
	switch v := value.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			if err := legacyItem(item); err != nil {
				return err
			}
		}
	case []yaml.MapSlice:
		for _, entry := range v {
			if err := legacyLabels(entry); err != nil {
				return err
			}
		}
	case []any:
		for _, entry := range v {
			if err := legacyLabels(entry); err != nil {
				return err
			}
		}
	}
	return nil
}

func legacyItem(item yaml.MapItem) error {
	switch item.Key {
	case "source_labels", "labels", "external_labels", "required_matchers":
		return legacyNamesIn(item.Value)
	}
	return legacyLabels(item.Value)
}

// legacyNamesIn looks at a list of names, or at the keys of a mapping.
func legacyNamesIn(value any) error {
	var names []string
	switch v := value.(type) {
	case []string:
		names = v
	case []monitoringv1.LabelName:
		for _, name := range v {
			names = append(names, string(name))
		}
	case []any:
		for _, name := range v {
			names = append(names, fmt.Sprint(name))
		}
	case yaml.MapSlice:
		for _, item := range v {
			names = append(names, fmt.Sprint(item.Key))
		}
	case map[string]string:
		names = slices.Sorted(maps.Keys(v))
	}
	for _, name := range names {
		if !model.LegacyValidation.IsValidLabelName(name) {
			return fmt.Errorf("%q is not a valid label name", name)
		}
	}
	return nil
}
