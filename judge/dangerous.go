package judge

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/relabeling"
)

// dangerous returns an error for configurations that must not reach the loader.
func dangerous(sections []yaml.MapSlice) error {
	instructions := 0
	for _, section := range sections {
		if err := walk(section, &instructions); err != nil {
			return err
		}
	}
	if instructions > maxInstructions {
		return fmt.Errorf("its regular expressions compile to some %d million instructions, for which Prometheus would need gigabytes", instructions/1_000_000)
	}
	return nil
}

var (
	// The YAML library takes the texts null and ~ for nothing even in quotes, leaves
	// UnmarshalYAML out, and then writes through the pointer of the default expression:
	// from then on every relabeling of the process that has none of its own has this
	// one. It is so in Prometheus as it is here (v0.316, go.yaml.in/yaml/v2 v2.4.4).
	errNothingRegex = errors.New("a regular expression of null or ~ takes the place of the default one in every relabeling of the Prometheus")

	// The action is then empty, and Prometheus panics over its first target.
	errNothingAction = errors.New("an action of null or ~ ends Prometheus")
)

// maxInstructions bounds all compiled regular expressions together. An instruction takes some
// 200 bytes; real expressions have hundreds.
const maxInstructions = 2_000_000

func walk(value any, instructions *int) error {
	switch v := value.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			text, isText := item.Value.(string)
			switch {
			case isText && item.Key == "regex":
				if text == "null" || text == "~" {
					return errNothingRegex
				}
				*instructions += relabeling.PatternSize(text)
			case isText && item.Key == "action" && (text == "null" || text == "~"):
				return errNothingAction
			}
			if err := walk(item.Value, instructions); err != nil {
				return err
			}
		}
	case []yaml.MapSlice:
		for _, entry := range v {
			if err := walk(entry, instructions); err != nil {
				return err
			}
		}
	case []any:
		for _, entry := range v {
			if err := walk(entry, instructions); err != nil {
				return err
			}
		}
	}
	return nil
}
