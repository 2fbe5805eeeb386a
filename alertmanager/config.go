package alertmanager

import (
	"cmp"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/promconfig"
)

// templatesPath is where the operator mounts the templates of an Alertmanager into its pods.
const templatesPath = "/etc/alertmanager/templates"

// Config returns the whole configuration: the base, and the parts that the operator does not leave out, by namespace and
// name. Routes of objects come before those of the base.
func (g *Generator) Config(base *Base, parts []Part) ([]byte, error) {
	used := slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.LeftOut || p.Root })
	slices.SortFunc(used, func(a, b Part) int { return cmp.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name) })

	root, _ := valueOf(base.Fields, "route").(yaml.MapSlice)
	var whole yaml.MapSlice
	if global := base.GlobalSection(); len(global) > 0 {
		whole = append(whole, yaml.MapItem{Key: "global", Value: global})
	}
	whole = append(whole, yaml.MapItem{Key: "route", Value: withRoutes(root, used)})
	for _, key := range []string{"inhibit_rules", "receivers", "mute_time_intervals"} {
		list, _ := valueOf(base.Fields, key).([]yaml.MapSlice)
		list = slices.Clone(list)
		for _, p := range used {
			of, _ := valueOf(p.Fields, key).([]yaml.MapSlice)
			list = append(list, of...)
		}
		if len(list) > 0 {
			whole = append(whole, yaml.MapItem{Key: key, Value: list})
		}
	}
	if intervals := valueOf(base.Fields, "time_intervals"); intervals != nil {
		whole = append(whole, yaml.MapItem{Key: "time_intervals", Value: intervals})
	}
	whole = append(whole, yaml.MapItem{Key: "templates", Value: g.templates(base)})
	text, err := yaml.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("writing the configuration: %w", err)
	}
	return text, nil
}

// withRoutes returns the root route with those of objects before its own.
func withRoutes(root yaml.MapSlice, parts []Part) yaml.MapSlice {
	var routes []yaml.MapSlice
	for _, p := range parts {
		if route, ok := valueOf(p.Fields, "route").(yaml.MapSlice); ok {
			routes = append(routes, route)
		}
	}
	own, _ := valueOf(root, "routes").([]yaml.MapSlice)
	routes = append(routes, own...)
	out := slices.DeleteFunc(slices.Clone(root), func(item yaml.MapItem) bool { return item.Key == "routes" })
	if len(routes) > 0 {
		out = append(out, yaml.MapItem{Key: "routes", Value: routes})
	}
	return out
}

// templates returns the paths of the templates: those in the base, or those that the Alertmanager names.
func (g *Generator) templates(base *Base) []any {
	templates := []any{}
	if own, ok := valueOf(base.Fields, "templates").([]any); ok {
		templates = append(templates, own...)
	}
	c := g.object.Spec.AlertmanagerConfiguration
	if c == nil {
		return templates
	}
	for _, t := range c.Templates {
		if t.ConfigMap != nil {
			templates = append(templates, templatesPath+"/"+t.ConfigMap.Key)
		}
		if t.Secret != nil {
			templates = append(templates, templatesPath+"/"+t.Secret.Key)
		}
	}
	return templates
}

// BaseFrom returns the base configuration with a global AlertmanagerConfig, which [Generator.Part] rendered.
func (g *Generator) BaseFrom(global Part) *Base {
	base := g.Base()
	base.Fields = append(slices.Clone(base.Fields), global.Fields...)
	base.Failures = slices.Concat(base.Failures, global.Failures, global.Rejections)
	for _, r := range global.Refused {
		base.Failures = append(base.Failures, promconfig.Rejection{Field: r.Field, Reason: r.Reason})
	}
	return base
}
