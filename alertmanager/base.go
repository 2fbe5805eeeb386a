package alertmanager

import (
	"cmp"
	"fmt"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/promconfig"
)

// ConfigFile is the key of the Secret with the base configuration.
const ConfigFile = "alertmanager.yaml"

// A Base is the configuration that the parts of the objects are added to.
type Base struct {
	// Known reports whether the content is known: a Secret may not have been read.
	Known bool

	// Text is what the Secret holds. It is nil for a global AlertmanagerConfig.
	Text []byte

	// Fields is the configuration, and Sources says which fields of the Alertmanager its keys come from. It is nil
	// unless it is known.
	Fields  yaml.MapSlice
	Sources []promconfig.Source

	// Files are certificates and keys that it refers to, by file name.
	Files map[string][]byte

	// Failures say why the operator would write no configuration at all.
	Failures []promconfig.Rejection

	// Ignored are keys and fields that the Alertmanager is too old for.
	Ignored []promconfig.Ignored
}

// Global returns the value of a key of the global section, or nil.
func (b *Base) Global(key string) any {
	global, _ := valueOf(b.Fields, "global").(yaml.MapSlice)
	return valueOf(global, key)
}

// GlobalSection returns the global section.
func (b *Base) GlobalSection() yaml.MapSlice {
	global, _ := valueOf(b.Fields, "global").(yaml.MapSlice)
	return global
}

func valueOf(m yaml.MapSlice, key string) any {
	for _, item := range m {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// ConfigSecret returns the name of the Secret with the base configuration.
func (g *Generator) ConfigSecret() string {
	return cmp.Or(g.object.Spec.ConfigSecret, "alertmanager-"+g.object.Name)
}

// Base returns the base configuration, without what a global AlertmanagerConfig adds to it: see [Generator.BaseFrom].
func (g *Generator) Base() *Base {
	if g.object.Spec.AlertmanagerConfiguration != nil {
		return g.globalBase()
	}
	content, found := g.assets.SecretKey(g.object.Namespace, g.ConfigSecret(), ConfigFile)
	if string(content) == promconfig.Placeholder {
		return &Base{}
	}
	if !found || len(content) == 0 {
		content = []byte(defaultConfiguration)
	}
	base := &Base{Known: true, Text: content}
	if err := yaml.UnmarshalStrict(content, &base.Fields); err != nil {
		base.Failures = append(base.Failures, promconfig.Rejection{Field: configField, Reason: fmt.Sprintf("Secret %s/%s, key %q: %s", g.object.Namespace, g.ConfigSecret(), ConfigFile, err)})
		base.Fields = nil
	} else if fields, err := written(content); err == nil {
		base.Fields = fields
	}
	base.Fields, _ = mappings(base.Fields).(yaml.MapSlice)
	if !g.Unmanaged() {
		g.sanitize(base)
	}
	return base
}

var configField = specPath.Field("configSecret")

// defaultConfiguration is that of the operator where the Secret or its key does not exist.
const defaultConfiguration = `route:
  receiver: "null"
receivers:
- name: "null"
`

// mappings makes lists of mappings out of lists that hold nothing else.
func mappings(value any) any {
	switch v := value.(type) {
	case yaml.MapSlice:
		for i := range v {
			v[i].Value = mappings(v[i].Value)
		}
	case []any:
		list := make([]yaml.MapSlice, 0, len(v))
		for _, entry := range v {
			m, ok := mappings(entry).(yaml.MapSlice)
			if !ok {
				return v
			}
			list = append(list, m)
		}
		if len(list) > 0 {
			return list
		}
	}
	return value
}
