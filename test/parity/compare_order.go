package parity

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v2"
)

// compareOrder finds the mappings with the same keys in another order.
func compareOrder(path string, operator, promgate any) []Difference {
	var found []Difference
	if o, p, ok := bothMaps(operator, promgate); ok {
		a, b := mapKeys(o), mapKeys(p)
		if !slices.Equal(a, b) && slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
			found = append(found, Difference{
				Section: "order", Path: strings.TrimPrefix(path, "."),
				Operator: strings.Join(a, ", "), Promgate: strings.Join(b, ", "),
			})
		}
		for _, item := range o {
			found = append(found, compareOrder(fmt.Sprintf("%s.%v", path, item.Key), item.Value, field(p, item.Key))...)
		}
		return found
	}
	o, isList := operator.([]any)
	p, isListToo := promgate.([]any)
	if isList && isListToo && path == ".scrape_configs" {
		theirs := jobs(p)
		for name, job := range jobs(o).byName {
			if other, ok := theirs.byName[name]; ok {
				found = append(found, compareOrder(path+"["+name+"]", job, other)...)
			}
		}
		return found
	}
	if len(o) != len(p) {
		return nil // it is unknown which belong together
	}
	for i := range o {
		found = append(found, compareOrder(fmt.Sprintf("%s[%d]", path, i), o[i], p[i])...)
	}
	return found
}

func mapKeys(m yaml.MapSlice) []string {
	names := make([]string, 0, len(m))
	for _, item := range m {
		names = append(names, fmt.Sprint(item.Key))
	}
	return names
}

// firstDifferent returns the first line in which two texts differ.
func firstDifferent(operator, promgate string) (string, string) {
	o, p := strings.Split(operator, "\n"), strings.Split(promgate, "\n")
	for i := range min(len(o), len(p)) {
		if o[i] != p[i] {
			return o[i], p[i]
		}
	}
	return fmt.Sprintf("%d lines", len(o)), fmt.Sprintf("%d lines", len(p))
}
