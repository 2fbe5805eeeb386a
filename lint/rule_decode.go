package lint

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/prometheus/prometheus/model/rulefmt"
	"go.yaml.in/yaml/v3"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
)

// undecodable returns the values that keep the loader from decoding the file. The YAML library names no
// more than a line, and only the first value that decodes itself: here each value is decoded on its own,
// by the same library into the same types.
func (o *object) undecodable() []mistake {
	if err := o.document.YAMLError(); err != nil {
		return []mistake{{path: groupsPath, problem: err.Message, span: &source.Span{Start: err.Position, End: err.Position}}}
	}
	var document yaml.Node
	if err := yaml.Unmarshal(o.document.Text(), &document); err != nil || len(document.Content) == 0 {
		return nil
	}
	var d ruleDecoder
	d.value(document.Content[0], reflect.TypeFor[rulefmt.RuleGroups](), specPath)
	return d.found
}

type ruleDecoder struct{ found []mistake }

func (d *ruleDecoder) value(n *yaml.Node, into reflect.Type, path fieldpath.Path) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch {
	case n.Kind == yaml.MappingNode && into.Kind() == reflect.Struct:
		d.structure(n, into, path)
	case n.Kind == yaml.MappingNode && into.Kind() == reflect.Map:
		d.stringMap(n, into, path)
	case n.Kind == yaml.SequenceNode && into.Kind() == reflect.Slice:
		for i, entry := range n.Content {
			d.value(entry, into.Elem(), path.Index(i))
		}
	default:
		if err := n.Decode(reflect.New(into).Interface()); err != nil {
			d.add(path, false, messageOf(err))
		}
	}
}

func (d *ruleDecoder) structure(n *yaml.Node, into reflect.Type, path fieldpath.Path) {
	fields := map[string]reflect.Type{}
	for f := range into.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		fields[name] = f.Type
	}
	d.entries(n, path, func(key, value *yaml.Node) {
		if field, ok := fields[key.Value]; ok {
			d.value(value, field, path.Field(key.Value))
			return
		}
		d.add(path.Field(key.Value), true, fmt.Sprintf("field %s not found in type %s", key.Value, into))
	}, func(merged *yaml.Node) { d.value(merged, into, path) })
}

func (d *ruleDecoder) stringMap(n *yaml.Node, into reflect.Type, path fieldpath.Path) {
	d.entries(n, path, func(key, value *yaml.Node) {
		d.value(value, into.Elem(), path.Key(key.Value))
	}, func(merged *yaml.Node) { d.value(merged, into, path) })
}

// entries visits the entries of a map, and adds those whose key is there already, which the library
// compares as they are written.
func (d *ruleDecoder) entries(n *yaml.Node, path fieldpath.Path, visit func(key, value *yaml.Node), merge func(*yaml.Node)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		switch {
		case seen[key.Value]:
			d.add(path.Key(key.Value), true, fmt.Sprintf("mapping key %q already defined", key.Value))
		case key.Tag == "!!merge":
			d.merges(value, merge)
		default:
			visit(key, value)
		}
		seen[key.Value] = true
	}
}

func (d *ruleDecoder) merges(value *yaml.Node, merge func(*yaml.Node)) {
	if value.Kind != yaml.SequenceNode {
		merge(value)
		return
	}
	for _, merged := range value.Content {
		merge(merged)
	}
}

func (d *ruleDecoder) add(path fieldpath.Path, isKey bool, problem string) {
	d.found = append(d.found, mistake{path: path, isKey: isKey, problem: problem})
}

// messageOf returns what the library says of a value, without its line.
func messageOf(err error) string {
	if several, ok := errors.AsType[*yaml.TypeError](err); ok && len(several.Errors) > 0 {
		return withoutPosition(several.Errors[0])
	}
	return withoutPosition(err.Error())
}
