package format

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// An Output is a format and where to write it. File is empty for standard output.
type Output struct{ Format, File string }

// ParseOutputs reads the values of the flag -o, each of which is FORMAT or FORMAT=FILE. A FILE of
// "-" is standard output. Without values the output is text on standard output. At most one output
// may go to standard output, and to each file.
func ParseOutputs(values []string) ([]Output, error) {
	if len(values) == 0 {
		return []Output{{Format: Formats()[0]}}, nil
	}
	var outputs []Output
	formatOf := map[string]string{}
	for _, v := range values {
		o, err := parseOutput(v)
		if err != nil {
			return nil, err
		}
		target := o.File
		if target != "" {
			target = filepath.Clean(target)
		}
		if other, taken := formatOf[target]; taken {
			return nil, clash(other, o)
		}
		formatOf[target] = o.Format
		outputs = append(outputs, o)
	}
	return outputs, nil
}

func parseOutput(value string) (Output, error) {
	name, file, hasFile := strings.Cut(value, "=")
	if !slices.Contains(Formats(), name) {
		return Output{}, unknownFormat(name)
	}
	if hasFile && file == "" {
		return Output{}, fmt.Errorf("output %q has no file name: write %s for standard output", value, name)
	}
	if file == "-" {
		file = ""
	}
	return Output{Format: name, File: file}, nil
}

func clash(other string, o Output) error {
	if o.File == "" {
		return fmt.Errorf("%s and %s both go to standard output: give one of them a file, as in %s=FILE", other, o.Format, o.Format)
	}
	return fmt.Errorf("%s and %s both go to %q: give each its own file", other, o.Format, o.File)
}
