package promconfig

import (
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// A section is one mapping of the configuration while it is written: its keys in order. The
// writer records for each key the field of the object that it comes from.
type section struct {
	w      *writer
	fields yaml.MapSlice
	key    fieldpath.Path // where the section is in the configuration: kubernetes_sd_configs[0].tls_config
	field  fieldpath.Path // the field of the object that it comes from: spec.endpoints[0].tlsConfig
}

// A writer collects what one object gives besides its fields: where they come from, what is
// wrong with them, and the files that they refer to.
type writer struct {
	g          *Generator
	namespace  string // of the object: its references point into this namespace
	name       string
	global     bool // the object is the Prometheus itself
	sources    []Source
	ignored    []Ignored
	rejections []Rejection
	files      map[string][]byte
}

// A Source says which field of the object a key of the configuration comes from.
type Source struct {
	Key   fieldpath.Path // relabel_configs[12]
	Field fieldpath.Path // spec.endpoints[0].relabelings[2]
}

// Ignored is a field that is set and does not reach the configuration.
type Ignored struct {
	Field  fieldpath.Path
	Reason string

	// Since is the feature that this Prometheus is too old for. It is nil where the version
	// is not the reason.
	Since *since.Feature
}

// A Rejection says why an object cannot be part of the configuration. Reason is a
// clause without a full stop.
type Rejection struct {
	Field  fieldpath.Path
	Reason string

	// Since is the feature that this Prometheus is too old for. It is nil where the version
	// is not the reason.
	Since *since.Feature
}

var (
	// specPath leads to the spec of the object that is rendered.
	specPath = fieldpath.New("spec")

	// prometheusPath leads to the Prometheus, where an object of another kind is rendered.
	prometheusPath = fieldpath.Into("Prometheus")

	// classesPath leads to the scrape classes of the Prometheus.
	classesPath = prometheusPath.Field("spec", "scrapeClasses")

	// ours is the field of what no field of an object asks for.
	ours fieldpath.Path
)

func (w *writer) section(field fieldpath.Path) *section {
	return &section{w: w, field: field}
}

func (w *writer) rejectf(field fieldpath.Path, format string, args ...any) {
	w.rejections = append(w.rejections, Rejection{Field: field, Reason: fmt.Sprintf(format, args...)})
}

func (w *writer) rejectFor(field fieldpath.Path, err error) {
	if err != nil {
		w.rejectf(field, "%s", err)
	}
}

// rejectSince rejects the object for a feature that the Prometheus is too old for.
func (w *writer) rejectSince(field fieldpath.Path, f *since.Feature, what string) {
	w.rejections = append(w.rejections, Rejection{Field: field, Reason: what + w.tooOldFor(f), Since: f})
}

func (w *writer) tooOldFor(f *since.Feature) string {
	return fmt.Sprintf("needs Prometheus %s, this one is %s", f, w.g.version)
}

func (w *writer) ignoref(field fieldpath.Path, format string, args ...any) {
	w.ignored = append(w.ignored, Ignored{Field: field, Reason: fmt.Sprintf(format, args...)})
}

// ignoreSince records a field that the Prometheus is too old for. Fields of the Prometheus
// are recorded with that object, and not again with each monitor.
func (w *writer) ignoreSince(field fieldpath.Path, f *since.Feature) {
	if w.global || !field.Within(prometheusPath) {
		w.ignored = append(w.ignored, Ignored{Field: field, Reason: w.tooOldFor(f), Since: f})
	}
}

// prometheusSpec returns the path of a field of the Prometheus.
func (w *writer) prometheusSpec(name string) fieldpath.Path {
	if w.global {
		return specPath.Field(name)
	}
	return prometheusPath.Field("spec", name)
}

// InPrometheus returns the path of a field in the Prometheus itself, if it is one that the path of a monitor's leads to, and
// that of the spec otherwise.
func InPrometheus(field fieldpath.Path) fieldpath.Path {
	if field.Within(prometheusPath) {
		return field.Below(prometheusPath)
	}
	return specPath
}

// in starts a section below this one. It is part of the configuration once added.
// An empty field means that the section comes from the same field.
func (s *section) in(key, field string) *section {
	child := &section{w: s.w, key: s.key.Field(key), field: s.field}
	if field != "" {
		child.field = s.field.Field(field)
	}
	return child
}

// entry starts a section for an entry of a list: the one at position to in the configuration,
// from the one at position from in the object.
func (s *section) entry(key string, to int, field string, from int) *section {
	return &section{w: s.w, key: s.key.Field(key).Index(to), field: s.field.Field(field).Index(from)}
}

// put writes a key. An empty field means that the value is promgate's, not the user's.
func (s *section) put(key, field string, value any) {
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: value})
	if field != "" {
		s.source(s.key.Field(key), s.field.Field(field))
	}
}

// putFrom is put with the full path of a field elsewhere in the object.
func (s *section) putFrom(field fieldpath.Path, key string, value any) {
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: value})
	if !field.IsZero() {
		s.source(s.key.Field(key), field)
	}
}

// putSince writes a key that Prometheus knows from a version on.
func (s *section) putSince(f *since.Feature, key, field string, value any) {
	if s.has(f, field) {
		s.put(key, field, value)
	}
}

// putSinceFrom is putSince with the full path of a field elsewhere in the object.
func (s *section) putSinceFrom(f *since.Feature, field fieldpath.Path, key string, value any) {
	if s.w.g.has(f) {
		s.putFrom(field, key, value)
		return
	}
	if !field.IsZero() {
		s.w.ignoreSince(field, f)
	}
}

// has reports whether the Prometheus has a feature, and records the field as ignored if not.
// An empty field is not the user's, and not recorded.
func (s *section) has(f *since.Feature, field string) bool {
	if s.w.g.has(f) {
		return true
	}
	if field != "" {
		s.w.ignoreSince(s.field.Field(field), f)
	}
	return false
}

// source records the field that a key comes from. Put does so for what it writes.
func (s *section) source(key, field fieldpath.Path) {
	s.w.sources = append(s.w.sources, Source{Key: key, Field: field})
}

// set writes a value unless it is the zero value of its type or a nil pointer.
func (s *section) set(key, field string, value any) {
	if !isZero(value) {
		s.put(key, field, value)
	}
}

// setSince is set for a key that Prometheus knows from a version on.
func (s *section) setSince(f *since.Feature, key, field string, value any) {
	if !isZero(value) {
		s.putSince(f, key, field, value)
	}
}

// add writes a section that in started. Its key is the last step of its path.
func (s *section) add(key string, child *section) {
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: child.fields})
	s.source(child.key, child.field)
}

// addSince is add for a key that Prometheus knows from a version on.
func (s *section) addSince(f *since.Feature, key string, child *section) {
	if s.w.g.has(f) {
		s.add(key, child)
		return
	}
	s.w.ignoreSince(child.field, f)
}

// of starts a section for the same keys, from another field of the object. It is
// part of the configuration once taken.
func (s *section) of(field fieldpath.Path) *section {
	return &section{w: s.w, key: s.key, field: field}
}

func (s *section) take(other *section) {
	s.fields = append(s.fields, other.fields...)
}

func isZero(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}
