package alertmanager

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/promconfig"
)

// sanitize removes from a configuration that the user wrote by hand what the Alertmanager is too old for, as the operator
// does (amcfg.go). A kind of receiver that it does not know keeps the operator from writing any configuration.
func (g *Generator) sanitize(base *Base) {
	g.refuseUnknown(base)
	for key, f := range g.tooNewReceivers(base.Fields) {
		base.Failures = append(base.Failures, promconfig.Rejection{
			Field: configField, Reason: key + " needs Alertmanager " + f.String() + ", this one is " + g.version.String(), Since: f,
		})
	}
	if f := since.AlertmanagerMatchers; !g.Has(f) && hasMatchers(base.Fields) {
		base.Failures = append(base.Failures, promconfig.Rejection{
			Field: configField, Reason: "matchers need Alertmanager " + f.String() + ", this one is " + g.version.String(), Since: f,
		})
	}
	base.Fields, _ = g.without(base, "config", base.Fields).(yaml.MapSlice)
}

// hasMatchers reports whether a route or an inhibit rule has matchers under one of the keys that came with Alertmanager 0.22.0.
func hasMatchers(value any) bool {
	switch v := value.(type) {
	case yaml.MapSlice:
		return slices.ContainsFunc(v, func(item yaml.MapItem) bool {
			switch item.Key {
			case "matchers", "source_matchers", "target_matchers":
				list, _ := item.Value.([]any)
				return len(list) > 0
			case "route", "routes", "inhibit_rules":
				return hasMatchers(item.Value)
			}
			return false
		})
	case []yaml.MapSlice:
		return slices.ContainsFunc(v, func(m yaml.MapSlice) bool { return hasMatchers(m) })
	}
	return false
}

func (g *Generator) tooNewReceivers(fields yaml.MapSlice) map[string]*since.Feature {
	found := map[string]*since.Feature{}
	receivers, _ := valueOf(fields, "receivers").([]yaml.MapSlice)
	for _, r := range receivers {
		for _, item := range r {
			key, _ := item.Key.(string)
			if f := since.AlertmanagerReceiver(key); !g.Has(f) {
				found[key] = f
			}
		}
	}
	return found
}

// without returns a section without the keys that the Alertmanager is too old for.
func (g *Generator) without(base *Base, kind string, value any) any {
	switch v := value.(type) {
	case yaml.MapSlice:
		var out yaml.MapSlice
		for _, item := range v {
			key, _ := item.Key.(string)
			if f := since.AlertmanagerKey(kind, key); !g.Has(f) {
				base.Ignored = append(base.Ignored, promconfig.Ignored{Field: configField, Reason: key + " needs Alertmanager " + f.String(), Since: f})
				continue
			}
			out = append(out, yaml.MapItem{Key: item.Key, Value: g.without(base, kindOf(key), item.Value)})
		}
		return out
	case []yaml.MapSlice:
		out := make([]yaml.MapSlice, len(v))
		for i, entry := range v {
			out[i], _ = g.without(base, kind, entry).(yaml.MapSlice)
		}
		return out
	}
	return value
}

// kindOf returns the kind of the section that a key leads into.
func kindOf(key string) string {
	switch {
	case key == "routes":
		return "route"
	case key == "time_intervals", key == "mute_time_intervals":
		return "time_interval"
	case strings.HasSuffix(key, "tls_config"):
		return "tls_config"
	}
	return key
}
