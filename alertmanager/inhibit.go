package alertmanager

import (
	"slices"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

// inhibitRule writes an inhibit rule, with the matchers for the object's namespace if enforce is set.
func (s *section) inhibitRule(r *monitoringv1alpha1.InhibitRule, enforce bool) {
	s.matchers("target_match", "target_match_re", "target_matchers", "targetMatch", r.TargetMatch)
	if enforce {
		s.enforceOn("target")
	}
	s.matchers("source_match", "source_match_re", "source_matchers", "sourceMatch", r.SourceMatch)
	if enforce {
		s.enforceOn("source")
	}
	s.set("equal", "equal", r.Equal)
}

// enforceOn limits one side of an inhibit rule to alerts of the object's namespace.
func (s *section) enforceOn(side string) {
	if !s.w.enforces(s.w.namespace) {
		return
	}
	if !s.w.g.Has(since.AlertmanagerMatchers) {
		s.forget(side+"_match_re", "namespace")
		old, _ := s.value(side + "_match").(yaml.MapSlice)
		s.assign(side+"_match", unique(append(slices.Clone(old), yaml.MapItem{Key: "namespace", Value: s.w.namespace})))
		return
	}
	key := side + "_matchers"
	old, _ := s.value(key).([]string)
	matcher := monitoringv1alpha1.Matcher{Name: "namespace", Value: s.w.namespace, MatchType: monitoringv1alpha1.MatchEqual}.String()
	if !slices.ContainsFunc(old, func(m string) bool { return withoutSpace(m) == withoutSpace(matcher) }) {
		s.assign(key, append(slices.Clone(old), matcher))
	}
}

func withoutSpace(text string) string { return strings.ReplaceAll(text, " ", "") }

// assign sets the value of a key, at the end if it is not there yet.
func (s *section) assign(key string, value any) {
	for i, item := range s.fields {
		if item.Key == key {
			s.fields[i].Value = value
			return
		}
	}
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: value})
}

// forget removes an entry of a mapping, and the mapping if it is empty then.
func (s *section) forget(key, name string) {
	old, _ := s.value(key).(yaml.MapSlice)
	left := slices.DeleteFunc(slices.Clone(old), func(item yaml.MapItem) bool { return item.Key == name })
	if len(left) > 0 {
		s.assign(key, left)
		return
	}
	s.fields = slices.DeleteFunc(s.fields, func(item yaml.MapItem) bool { return item.Key == key })
}
