package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A place is a leaf of one object: the keys and indices that lead to it.
type place []any

// String returns the place's path with indices, as messages spell it.
func (p place) String() string {
	var b strings.Builder
	for i, step := range p {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case mapKey:
			b.WriteString("[" + string(step) + "]")
		case string:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// object returns the place of the object that has the leaf as a field.
func (p place) object() place {
	for i, step := range slices.Backward(p) {
		if _, ok := step.(string); ok {
			return p[:i]
		}
	}
	return nil
}

// mapKey is a step into a map whose keys the user chooses.
type mapKey string

// someKey is the key that is used where a path leads into a map.
const someKey mapKey = "some_key"

// object returns an object of a kind with a value at a leaf, and only the other fields that it
// needs.
func (t *table) object(k kind, path string, value any, beside map[string]any) (map[string]any, place) {
	if name, ok := strings.CutSuffix(path, "{key}"); ok {
		// The value is the map's key; the table sets what the key maps to.
		var content any = "some value"
		entry := t.with[name+"{}"]
		if v, ok := entry["value"]; ok {
			content = cloneValue(v)
		}
		path, value = name, map[string]any{textOf(value): content}
	}
	steps := strings.Split(path, ".")
	var at place
	spec := t.build(steps[0], steps[1:], value, beside, &at)
	return map[string]any{
		"apiVersion": k.apiVersion, "kind": k.name,
		"metadata": map[string]any{"name": "leaf", "namespace": "default"},
		"spec":     spec,
	}, append(place{"spec"}, at...)
}

// build makes the value at a path whose remaining steps are given.
func (t *table) build(path string, left []string, value any, beside map[string]any, at *place) any {
	if len(left) == 0 {
		return value
	}
	name, suffix := splitSuffix(left[0])
	fields := map[string]any{}
	for k, v := range t.with[path] {
		if k != name {
			fields[k] = cloneValue(v)
		}
	}
	*at = append(*at, name)
	inner := path + "." + name
	maps.Copy(fields, copyOf(t.beside[inner]))
	if suffix != "" {
		maps.Copy(fields, copyOf(t.beside[inner+suffix]))
	}
	if len(left) == 1 {
		maps.Copy(fields, copyOf(beside))
	}
	fields[name] = t.wrap(inner, suffix, left[1:], value, beside, at)
	return fields
}

// wrap makes the lists and maps between a field and a leaf in it.
func (t *table) wrap(path, suffix string, left []string, value any, beside map[string]any, at *place) any {
	switch {
	case strings.HasPrefix(suffix, "[]"):
		*at = append(*at, 0)
		return []any{t.wrap(path+"[]", suffix[2:], left, value, beside, at)}
	case strings.HasPrefix(suffix, "{}"):
		*at = append(*at, someKey)
		return map[string]any{string(someKey): t.wrap(path+"{}", suffix[2:], left, value, beside, at)}
	}
	return t.build(path, left, value, beside, at)
}

func splitSuffix(step string) (name, suffix string) {
	if i := strings.IndexAny(step, "[{"); i >= 0 {
		return step[:i], step[i:]
	}
	return step, ""
}

func textOf(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return fmt.Sprint(value)
}

func copyOf(fields map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range fields {
		out[k] = cloneValue(v)
	}
	return out
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return copyOf(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cloneValue(v[i])
		}
		return out
	}
	return value
}
