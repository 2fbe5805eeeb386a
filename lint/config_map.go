package lint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation/file"
)

// readConfigMap reads the rule files in a ConfigMap: the values that have groups.
func (l *linter) readConfigMap(o *object) error {
	data, _ := o.fields["data"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(data)) {
		text, ok := data[key].(string)
		if !ok {
			continue
		}
		inner := source.Parse([]byte(text))
		name := fieldpath.New("data").Key(key)
		field := o.root.Join(name)
		for _, err := range inner.Errors {
			if mayBeOurs([]byte(text)) {
				span, _ := o.document.Within(field, false, text, err.Position.Offset, err.Position.Offset)
				l.addToFile(o.file, file.Syntax, span, fmt.Sprintf("not valid YAML in the key %q: %s", key, err.Message), "")
			}
		}
		for _, document := range inner.Documents {
			fields, err := mapIn(document)
			if err != nil || !hasRules(fields) {
				continue
			}
			rules := &object{
				file: o.file, document: l.newDocument(document, []byte(text)), fields: fields, namespace: o.namespace, name: o.name,
				embedded: &embedded{outer: o.document.Document, field: field, name: name, text: text},
			}
			if err := l.readRuleFile(rules); err != nil {
				return err
			}
		}
	}
	return nil
}
