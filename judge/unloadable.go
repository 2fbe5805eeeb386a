package judge

import (
	"fmt"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/relabeling"
)

// unloadable says what is wrong with sections that Prometheus' loader accepts and no
// Prometheus can use. Nothing is loaded before it is asked: the loader keeps defaults that
// the whole process shares, ours as well as Prometheus' own (v0.316).
func (l Limits) unloadable(sections []yaml.MapSlice) error {
	instructions := 0
	for _, section := range sections {
		if err := l.walk(section, &instructions); err != nil {
			return err
		}
	}
	if instructions > l.Instructions {
		return fmt.Errorf("the regular expressions compile to more than %d instructions, the most that are loaded; repeat less in them", l.Instructions)
	}
	return nil
}

func (l Limits) walk(value any, instructions *int) error {
	switch v := value.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			if text, isText := item.Value.(string); isText {
				if err := l.noValue(item.Key, text); err != nil {
					return err
				}
				if item.Key == "regex" {
					*instructions += relabeling.PatternSize(text)
				}
			}
			if err := l.walk(item.Value, instructions); err != nil {
				return err
			}
		}
	case []yaml.MapSlice:
		for _, entry := range v {
			if err := l.walk(entry, instructions); err != nil {
				return err
			}
		}
	case []any:
		for _, entry := range v {
			if err := l.walk(entry, instructions); err != nil {
				return err
			}
		}
	}
	return nil
}

// noValue refuses the texts that YAML reads as no value in the two fields of a relabeling
// that cannot do without one.
func (l Limits) noValue(key any, text string) error {
	if !l.NoValue.Has(text) {
		return nil
	}
	switch key {
	case "regex":
		return fmt.Errorf("YAML reads the regular expression %s as no value, quoted or not; write (%s)", text, text)
	case "action":
		return fmt.Errorf("YAML reads the action %s as no value, quoted or not; omit the field for the default, replace", text)
	}
	return nil
}
