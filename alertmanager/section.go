package alertmanager

import (
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/promconfig"
)

// A writer collects what one object gives besides its keys: where they come from, what is wrong with them, and
// the files that they refer to.
type writer struct {
	g          *Generator
	namespace  string // of the object: its references point into this namespace
	name       string
	base       *Base
	sources    []promconfig.Source
	ignored    []promconfig.Ignored
	rejections []promconfig.Rejection
	failures   []promconfig.Rejection
	refused    []promconfig.Rejection
	dangling   bool // a route refers to what the object does not have
	files      map[string][]byte
}

// A section is one mapping of the configuration while it is written: its keys in order. The writer records
// for each key the field of the object that it comes from.
type section struct {
	w      *writer
	kind   string // its name in since.AlertmanagerKey
	fields yaml.MapSlice
	key    fieldpath.Path // where the section is in the configuration
	field  fieldpath.Path // the field of the object that it comes from
}

func (w *writer) reject(field fieldpath.Path, err error) {
	if err != nil {
		w.rejectf(field, "%s", err)
	}
}

func (w *writer) rejectf(field fieldpath.Path, format string, args ...any) {
	w.rejections = append(w.rejections, promconfig.Rejection{Field: field, Reason: fmt.Sprintf(format, args...)})
}

// failf records a mistake for which the operator writes no configuration at all.
func (w *writer) failf(field fieldpath.Path, format string, args ...any) {
	w.failures = append(w.failures, promconfig.Rejection{Field: field, Reason: fmt.Sprintf(format, args...)})
}

func (w *writer) fail(field fieldpath.Path, err error) {
	if err != nil {
		w.failf(field, "%s", err)
	}
}

// needs rejects the object for a feature that the Alertmanager is too old for.
func (s *section) needs(f *since.Feature, field ...string) {
	if !s.w.g.Has(f) {
		s.w.rejections = append(s.w.rejections, promconfig.Rejection{Field: s.field.Field(field...), Reason: s.w.tooOldFor(f), Since: f})
	}
}

func (w *writer) tooOldFor(f *since.Feature) string {
	return fmt.Sprintf("needs Alertmanager %s, this one is %s", f, w.g.version)
}

// in starts a section below this one. It is part of the configuration once added.
func (s *section) in(key, field string) *section {
	return &section{w: s.w, kind: key, key: s.key.Field(key), field: s.field.Field(field)}
}

// add writes a section that in started.
func (s *section) add(key string, child *section) {
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: child.fields})
	s.source(child.key, child.field)
}

// put writes a key, unless the Alertmanager is too old for it.
func (s *section) put(key, field string, value any) {
	if f := since.AlertmanagerKey(s.kind, key); !s.w.g.Has(f) {
		s.w.ignored = append(s.w.ignored, promconfig.Ignored{Field: s.field.Field(field), Reason: s.w.tooOldFor(f), Since: f})
		return
	}
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: value})
	s.source(s.key.Field(key), s.field.Field(field))
	if texts, ok := value.([]string); ok {
		for i := range texts {
			s.source(s.key.Field(key).Index(i), s.field.Field(field).Index(i))
		}
	}
}

// set writes a value, unless it is the zero value of its type, a nil pointer, or a pointer to an empty text.
func (s *section) set(key, field string, value any) {
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 {
		return
	}
	if v.Kind() == reflect.Pointer {
		if v = v.Elem(); v.Kind() == reflect.String && v.Len() == 0 {
			return
		}
		value = v.Interface()
	}
	s.put(key, field, value)
}

// setTrue writes a flag that the operator writes only if it is set.
func (s *section) setTrue(key, field string, value *bool) {
	if value != nil && *value {
		s.put(key, field, true)
	}
}

func (s *section) source(key, field fieldpath.Path) {
	s.w.sources = append(s.w.sources, promconfig.Source{Key: key, Field: field})
}

// list writes a list of mappings, each with its own function.
func list[T any](s *section, key, field string, items []T, write func(*section, *T)) {
	if len(items) == 0 {
		return
	}
	entries := make([]yaml.MapSlice, len(items))
	for i := range items {
		e := &section{w: s.w, kind: key, key: s.key.Field(key).Index(i), field: s.field.Field(field).Index(i)}
		s.source(e.key, e.field)
		write(e, &items[i])
		entries[i] = e.fields
		if e.fields == nil {
			entries[i] = yaml.MapSlice{}
		}
	}
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: entries})
	s.source(s.key.Field(key), s.field.Field(field))
}

// secret resolves a reference in the namespace of the object, and rejects the object if the key does not
// exist.
func (s *section) secret(field string, ref *corev1.SecretKeySelector) (value string, found bool) {
	if ref == nil {
		return "", false
	}
	return s.secretAt(s.field.Field(field), *ref)
}

func (s *section) secretAt(field fieldpath.Path, ref corev1.SecretKeySelector) (value string, found bool) {
	if ref.Name == "" {
		s.w.rejectf(field, "%s names no Secret", field.LastField())
		return "", false
	}
	content, found := s.w.g.assets.SecretKey(s.w.namespace, ref.Name, ref.Key)
	if !found {
		s.w.rejectf(field, "Secret %s/%s has no key %q, or does not exist", s.w.namespace, ref.Name, ref.Key)
	}
	return string(content), found
}

// setSecret writes the value of a reference.
func (s *section) setSecret(key, field string, ref *corev1.SecretKeySelector) {
	value, _ := s.secret(field, ref)
	s.set(key, field, value)
}

func (w *writer) ignoref(field fieldpath.Path, format string, args ...any) {
	w.ignored = append(w.ignored, promconfig.Ignored{Field: field, Reason: fmt.Sprintf(format, args...)})
}
