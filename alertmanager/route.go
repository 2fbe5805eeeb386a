package alertmanager

import (
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

// route writes a route and those below it.
func (s *section) route(r *monitoringv1alpha1.Route) {
	s.set("receiver", "receiver", s.w.prefixed(r.Receiver))
	s.set("group_by", "groupBy", r.GroupBy)
	s.matchers("match", "match_re", "matchers", "matchers", r.Matchers)
	s.set("continue", "continue", r.Continue)
	s.children(r)
	s.duration("group_wait", "groupWait", r.GroupWait, true)
	s.duration("group_interval", "groupInterval", r.GroupInterval, false)
	s.duration("repeat_interval", "repeatInterval", r.RepeatInterval, false)
	s.set("mute_time_intervals", "muteTimeIntervals", s.w.allPrefixed(r.MuteTimeIntervals))
	s.set("active_time_intervals", "activeTimeIntervals", s.w.allPrefixed(r.ActiveTimeIntervals))
	if len(r.Labels) > 0 {
		s.w.ignoref(s.field.Field("labels"), "prometheus-operator v0.93.0 does not use it here")
	}
}

// checkRoot checks what the operator checks of a root route.
func (s *section) checkRoot(r *monitoringv1alpha1.Route) {
	if r.Continue {
		s.w.failf(s.field.Field("continue"), "the root route cannot have it")
	}
	if len(r.Matchers) > 0 {
		s.w.failf(s.field.Field("matchers"), "the root route cannot have any")
	}
	if len(r.MuteTimeIntervals) > 0 {
		s.w.failf(s.field.Field("muteTimeIntervals"), "the root route cannot have any")
	}
	if len(r.ActiveTimeIntervals) > 0 {
		s.w.failf(s.field.Field("activeTimeIntervals"), "the root route cannot have any")
	}
}

// children writes the routes below a route, whose fields no schema describes.
func (s *section) children(r *monitoringv1alpha1.Route) {
	if len(r.Routes) == 0 {
		return
	}
	entries := make([]yaml.MapSlice, len(r.Routes))
	for i := range r.Routes {
		e := &section{w: s.w, kind: "route", key: s.key.Field("routes").Index(i), field: s.field.Field("routes").Index(i)}
		s.source(e.key, e.field)
		one := monitoringv1alpha1.Route{Routes: r.Routes[i : i+1]}
		decoded, err := one.ChildRoutes()
		if err != nil {
			s.w.rejectf(e.field, "%s", strings.TrimPrefix(err.Error(), "route[0]: "))
			entries[i] = yaml.MapSlice{}
			continue
		}
		e.route(&decoded[0])
		entries[i] = e.fields
	}
	s.put("routes", "routes", entries)
}

// duration writes an interval of a route. The operator reads it when it puts the configuration together, and omits
// an interval of zero.
func (s *section) duration(key, field string, d *monitoringv1.NonEmptyDuration, zero bool) {
	if d == nil || *d == "" {
		return
	}
	parsed, err := model.ParseDuration(string(*d))
	if err != nil {
		s.w.fail(s.field.Field(field), err)
		return
	}
	if parsed != 0 || zero {
		s.put(key, field, string(*d))
	}
}

// matchers writes matchers under one of three keys: those for an Alertmanager before 0.22.0 are match and
// match_re.
func (s *section) matchers(equal, regex, key, field string, matchers []monitoringv1alpha1.Matcher) {
	var list []string
	equals, regexes := yaml.MapSlice{}, yaml.MapSlice{}
	for i, m := range matchers {
		at := &section{w: s.w, field: s.field.Field(field).Index(i)}
		s.w.reject(at.field, m.Validate())
		switch {
		case m.MatchType != "":
			at.needs(since.AlertmanagerMatchers, "matchType")
			list = append(list, m.String())
		case s.w.g.Has(since.AlertmanagerMatchers):
			m.MatchType = monitoringv1alpha1.MatchEqual
			if m.Regex {
				m.MatchType = monitoringv1alpha1.MatchRegexp
			}
			list = append(list, m.String())
		case m.Regex:
			regexes = append(regexes, yaml.MapItem{Key: m.Name, Value: m.Value})
		default:
			equals = append(equals, yaml.MapItem{Key: m.Name, Value: m.Value})
		}
	}
	s.set(equal, field, unique(equals))
	s.set(regex, field, unique(regexes))
	s.set(key, field, list)
}

// unique removes all but the last entry of each key, and sorts the rest.
func unique(m yaml.MapSlice) yaml.MapSlice {
	var out yaml.MapSlice
	for i, item := range m {
		if !slices.ContainsFunc(m[i+1:], func(later yaml.MapItem) bool { return later.Key == item.Key }) {
			out = append(out, item)
		}
	}
	slices.SortFunc(out, func(a, b yaml.MapItem) int { return strings.Compare(fmt.Sprint(a.Key), fmt.Sprint(b.Key)) })
	return out
}

// enforceNamespace adds to the route of an object what the strategy of the Alertmanager asks for: alerts of the
// object's namespace alone. The next route is always tried as well.
func (s *section) enforceNamespace(namespace string) {
	if s.w.enforces(namespace) {
		s.addMatcher("match", "matchers", namespace)
	}
	s.replace("continue", true, "match", "match_re", "matchers")
}

func (w *writer) enforces(namespace string) bool { return w.g.Enforces(namespace) }

// Enforces reports whether routes and inhibit rules of a namespace apply to its own alerts alone.
func (g *Generator) Enforces(namespace string) bool {
	switch g.object.Spec.AlertmanagerConfigMatcherStrategy.Type {
	case monitoringv1.NoneConfigMatcherStrategyType:
		return false
	case monitoringv1.OnNamespaceExceptForAlertmanagerNamespaceConfigMatcherStrategyType:
		return namespace != g.object.Namespace
	}
	return true
}

// addMatcher adds the matcher for a namespace.
func (s *section) addMatcher(equal, key, namespace string) {
	const label = "namespace"
	if !s.w.g.Has(since.AlertmanagerMatchers) {
		old, _ := s.value(equal).(yaml.MapSlice)
		s.replace(equal, unique(append(slices.Clone(old), yaml.MapItem{Key: label, Value: namespace})), "receiver", "group_by")
		return
	}
	old, _ := s.value(key).([]string)
	matcher := monitoringv1alpha1.Matcher{Name: label, Value: namespace, MatchType: monitoringv1alpha1.MatchEqual}.String()
	s.replace(key, append(slices.Clone(old), matcher), "receiver", "group_by", "match", "match_re")
}

func (s *section) value(key string) any {
	for _, item := range s.fields {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// replace sets the value of a key. A key that is not there yet comes after those that are named.
func (s *section) replace(key string, value any, after ...string) {
	at := 0
	for i, item := range s.fields {
		if item.Key == key {
			s.fields[i].Value = value
			return
		}
		if name, ok := item.Key.(string); ok && (slices.Contains(after, name) || name == "receiver" || name == "group_by") {
			at = i + 1
		}
	}
	s.fields = slices.Insert(s.fields, at, yaml.MapItem{Key: key, Value: value})
}
