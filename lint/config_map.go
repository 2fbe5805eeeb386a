package lint

import (
	"maps"
	"slices"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
)

// readConfigMap reads the rule files in a ConfigMap: the values that have groups.
func (l *linter) readConfigMap(o *object) error {
	data, _ := o.fields["data"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(data)) {
		text, ok := data[key].(string)
		if !ok {
			continue
		}
		for _, document := range source.Parse([]byte(text)).Documents {
			fields, err := mapIn(document)
			if _, groups := fields["groups"].([]any); err != nil || !groups {
				continue
			}
			rules := &object{
				file: o.file, document: document, fields: fields, namespace: o.namespace, name: o.name,
				embedded: &embedded{outer: o.document, field: o.root.Join(fieldpath.New("data").Key(key)), text: text},
			}
			if err := l.readRuleFile(rules); err != nil {
				return err
			}
		}
	}
	return nil
}
