package promconfig

import (
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v2"
)

// A section is one mapping of the configuration while it is written: keys in
// order, and for each the field of the object that it comes from.
type section struct {
	w      *writer
	fields yaml.MapSlice
	key    string // of the section itself: kubernetes_sd_configs[0].tls_config
	field  string // of the object: spec.endpoints[0].tlsConfig
}

// writer keeps the books for one part.
type writer struct {
	g          *Generator
	namespace  string // where the part's object lives, and its references point
	name       string
	global     bool // the part is the Prometheus object itself
	sources    []Source
	ignored    []Ignored
	rejections []Rejection
	files      map[string][]byte
}

// A Source says which field of the object a key of the configuration comes from.
type Source struct {
	Key   string // relabel_configs[12]
	Field string // spec.endpoints[0].relabelings[2]
}

// Ignored is a field that is set and does not reach the configuration.
type Ignored struct {
	Field  string
	Reason string
}

// A Rejection says why an object cannot be part of the configuration. Reason is a
// clause without a full stop.
type Rejection struct {
	Field  string
	Reason string
}

func (w *writer) section(field string) *section {
	return &section{w: w, field: field}
}

func (w *writer) rejectf(field, format string, args ...any) {
	w.rejections = append(w.rejections, Rejection{Field: field, Reason: fmt.Sprintf(format, args...)})
}

// prometheusField is the path of a field of the Prometheus object.
func (w *writer) prometheusField(field string) string {
	if w.global {
		return field
	}
	return prometheusField + field
}

func (w *writer) rejectFor(field string, err error) {
	if err != nil {
		w.rejectf(field, "%s", err)
	}
}

func (w *writer) ignoref(field, format string, args ...any) {
	w.ignored = append(w.ignored, Ignored{Field: field, Reason: fmt.Sprintf(format, args...)})
}

// in starts a section below this one. It is part of the configuration once added.
// An empty field means that the section comes from the same field.
func (s *section) in(key, field string) *section {
	return &section{w: s.w, key: join(s.key, key), field: join(s.field, field)}
}

// put writes a key. An empty field means that the value is ours, not the user's.
func (s *section) put(key, field string, value any) {
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: value})
	if field != "" {
		s.w.sources = append(s.w.sources, Source{Key: join(s.key, key), Field: join(s.field, field)})
	}
}

// putSince writes a key that Prometheus knows from a version on.
func (s *section) putSince(version, key, field string, value any) {
	if s.has(version, field) {
		s.put(key, field, value)
	}
}

// has says whether the Prometheus knows a field that came with a version, and
// notes the field as ignored if not.
func (s *section) has(version, field string) bool {
	if s.w.g.atLeast(version) {
		return true
	}
	s.w.ignoref(join(s.field, field), "needs Prometheus %s, this one is %s", version, s.w.g.version)
	return false
}

// source notes where a key comes from that was not written with put.
func (s *section) source(key, field string) {
	s.w.sources = append(s.w.sources, Source{Key: join(s.key, key), Field: field})
}

// putSinceFrom is putSince with the full path of a field elsewhere in the object.
func (s *section) putSinceFrom(version, key, field string, value any) {
	if !s.w.g.atLeast(version) {
		s.w.ignoref(field, "needs Prometheus %s, this one is %s", version, s.w.g.version)
		return
	}
	s.put(key, "", value)
	s.source(key, field)
}

// set writes a value unless it is the zero value of its type or a nil pointer.
func (s *section) set(key, field string, value any) {
	if !isZero(value) {
		s.put(key, field, value)
	}
}

// setSince is set for a key that Prometheus knows from a version on.
func (s *section) setSince(version, key, field string, value any) {
	if !isZero(value) {
		s.putSince(version, key, field, value)
	}
}

// add writes a section that in began. Its key is the last step of its path.
func (s *section) add(key string, child *section) {
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: child.fields})
	s.w.sources = append(s.w.sources, Source{Key: child.key, Field: child.field})
}

// addSince is add for a key that Prometheus knows from a version on.
func (s *section) addSince(version, key string, child *section) {
	if s.w.g.atLeast(version) {
		s.add(key, child)
		return
	}
	s.w.ignoref(child.field, "needs Prometheus %s, this one is %s", version, s.w.g.version)
}

// of starts a section for the same keys, from another field of the object. It is
// part of the configuration once taken.
func (s *section) of(field string) *section {
	return &section{w: s.w, key: s.key, field: field}
}

func (s *section) take(other *section) {
	s.fields = append(s.fields, other.fields...)
}

func isZero(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

func join(base, step string) string {
	switch {
	case base == "":
		return step
	case step == "" || step[0] == '[':
		return base + step
	}
	return base + "." + step
}

func at(list string, i int) string {
	return fmt.Sprintf("%s[%d]", list, i)
}
