package alertmanager

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/alertmanager/config"
	"go.yaml.in/yaml/v2"
	yamlv3 "go.yaml.in/yaml/v3"
)

// written reads a configuration as the operator and Alertmanager do, which decode it into types with names: merge keys are
// merged, and a value that is a text stays as it is written, such as yes, 010 or 1.0. Decoded into a [yaml.MapSlice] (yaml v2.4) a merge key takes the
// place of the other keys, and such values become true, 8 and 1. The text has to be one that yaml v2 decodes: that limits aliases.
func written(text []byte) (yaml.MapSlice, error) {
	var document yamlv3.Node
	if err := yamlv3.Unmarshal(text, &document); err != nil {
		return nil, err //nolint:wrapcheck // the words are the reader's
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	fields, _ := writtenValue("", document.Content[0]).(yaml.MapSlice)
	return fields, nil
}

// writtenValue returns the value of a key.
func writtenValue(key string, n *yamlv3.Node) any {
	switch n.Kind {
	case yamlv3.AliasNode:
		return writtenValue(key, n.Alias)
	case yamlv3.MappingNode:
		fields := yaml.MapSlice{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			fields = withWritten(fields, n.Content[i], n.Content[i+1])
		}
		return fields
	case yamlv3.SequenceNode:
		list := make([]any, len(n.Content))
		for i, entry := range n.Content {
			list[i] = writtenValue(key, entry)
		}
		return list
	}
	return writtenScalar(key, n)
}

// withWritten adds a key, or replaces it, as yaml v2 does: in the order of the text, merge keys as well.
func withWritten(fields yaml.MapSlice, key, value *yamlv3.Node) yaml.MapSlice {
	if key.Value != "<<" || key.Style != 0 {
		return withItem(fields, yaml.MapItem{Key: key.Value, Value: writtenValue(key.Value, value)})
	}
	merged := []*yamlv3.Node{value}
	if value.Kind == yamlv3.SequenceNode {
		merged = value.Content
	}
	for _, from := range slices.Backward(merged) { // the first of a list wins
		from, _ := writtenValue("", from).(yaml.MapSlice)
		for _, item := range from {
			fields = withItem(fields, item)
		}
	}
	return fields
}

func withItem(fields yaml.MapSlice, item yaml.MapItem) yaml.MapSlice {
	for i := range fields {
		if fields[i].Key == item.Key {
			fields[i].Value = item.Value
			return fields
		}
	}
	return append(fields, item)
}

// writtenScalar returns the text of a scalar, unless it is a number, a switch or nothing.
func writtenScalar(key string, n *yamlv3.Node) any {
	if n.Style&(yamlv3.DoubleQuotedStyle|yamlv3.SingleQuotedStyle|yamlv3.LiteralStyle|yamlv3.FoldedStyle|yamlv3.TaggedStyle) != 0 {
		return n.Value
	}
	var resolved any
	if err := yaml.Unmarshal([]byte(n.Value), &resolved); err != nil {
		return n.Value
	}
	switch resolved.(type) {
	case nil:
		return nil
	case bool, int, int64, uint64, float64:
		if fmt.Sprint(resolved) == n.Value || takesNoText()[key] {
			return resolved
		}
	}
	return n.Value
}

// takesNoText are the keys of Alertmanager's configuration whose value is a number or a switch.
var takesNoText = sync.OnceValue(func() map[string]bool {
	keys, texts, seen := map[string]bool{}, map[string]bool{}, map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			of := f.Type
			for of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			switch k := of.Kind(); {
			case name == "":
			case k == reflect.String:
				texts[name] = true
			case k >= reflect.Bool && k <= reflect.Float64 && !reflect.PointerTo(of).Implements(reflect.TypeFor[yaml.Unmarshaler]()):
				keys[name] = true
			}
			visit(f.Type)
		}
	}
	visit(reflect.TypeFor[config.Config]())
	for name := range texts {
		delete(keys, name) // html is a text of mails, and a switch of Pushover
	}
	return keys
})
