package monitor

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/placeholder"
	"github.com/promgate/promgate/validation"
)

// placeholdersLeft finds placeholders in the texts of an object, whatever field they are in.
func placeholdersLeft(o *Object, _ validation.Snapshot) []validation.Finding {
	spec := reflect.ValueOf(o.Raw)
	if !spec.IsValid() {
		return nil
	}
	spec = reflect.Indirect(spec).FieldByName("Spec")
	if !spec.IsValid() {
		return nil
	}
	w := textWalk{}
	w.walk(fieldpath.New("spec"), spec)
	for i := range w.found {
		w.found[i].Subject = o.subjectAt(w.found[i].Path)
	}
	return w.found
}

// A textWalk goes through all texts of a value.
type textWalk struct {
	found []validation.Finding
}

func (w *textWalk) walk(at fieldpath.Path, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			w.walk(at, v.Elem())
		}
	case reflect.String:
		w.text(at, v.String(), placeholder.Find)
	case reflect.Slice:
		for i := range v.Len() {
			w.walk(at.Index(i), v.Index(i))
		}
	case reflect.Map:
		w.texts(at, v)
	case reflect.Struct:
		if r, ok := reflect.TypeAssert[monitoringv1.RelabelConfig](v); ok {
			w.relabeling(at, r)
			return
		}
		w.fields(at, v)
	}
}

func (w *textWalk) fields(at fieldpath.Path, v reflect.Value) {
	for field, value := range v.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case !field.IsExported(), value.IsZero():
		case name == "":
			w.walk(at, value) // embedded
		default:
			w.walk(at.Field(name), value)
		}
	}
}

func (w *textWalk) texts(at fieldpath.Path, v reflect.Value) {
	if v.Type().Key().Kind() != reflect.String {
		return
	}
	values := map[string]reflect.Value{}
	for key, value := range v.Seq2() {
		values[key.String()] = value
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		w.walk(at.Key(key), values[key])
	}
}

// relabeling looks at the regular expression alone: a replacement and a target label are templates.
func (w *textWalk) relabeling(at fieldpath.Path, r monitoringv1.RelabelConfig) {
	w.text(at.Field("regex"), r.Regex, placeholder.FindInPattern)
}

func (w *textWalk) text(at fieldpath.Path, text string, find func(string) (string, bool)) {
	left, ok := find(text)
	if !ok {
		return
	}
	place := validation.Place{Path: at}
	f := place.Finding(fmt.Sprintf("nothing fills in %s: it is read as it is", left), "write the value itself", validation.Key(at.Shape(), left))
	if start := strings.Index(text, left); len(left) < len(text) {
		f.Excerpt = place.Excerpt(text, start, start+len(left))
	}
	w.found = append(w.found, f)
}
