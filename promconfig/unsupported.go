package promconfig

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
)

// steering fields decide how other fields are rendered, and have no key in the
// configuration.
var steering = []fieldpath.Path{
	specPath.Field("selector"), specPath.Field("selectorMechanism"), specPath.Field("serviceDiscoveryRole"),
	specPath.Field("scrapeClass"), specPath.Field("namespaceSelector"),
	specPath.Field("targets", "ingress", "selector"), specPath.Field("targets", "ingress", "namespaceSelector"),
}

// Unsupported returns the fields of the object that are set, and that neither reach a job
// nor are rejected or ignored: fields of a newer API than promconfig knows, and fields that
// another field of the object overrides. It walks through the whole object, so call it only
// if somebody reads the result.
func (p *Part) Unsupported() []Ignored {
	known := p.knownFields()
	var unknown []Ignored
	walkFields(specPath, reflect.ValueOf(p.spec), func(field fieldpath.Path) {
		if _, reached := known.Around(field); !reached {
			unknown = append(unknown, Ignored{Field: field, Reason: "prometheus-operator v0.93.0 does not use it here"})
		}
	})
	return unknown
}

// knownFields returns the fields that reach a job, are rejected or are ignored. The spec as a
// whole is not among them.
func (p *Part) knownFields() *fieldpath.Tree[struct{}] {
	known := &fieldpath.Tree[struct{}]{}
	add := func(field fieldpath.Path) {
		if field.Len() > 1 {
			known.Put(field, struct{}{})
		}
	}
	for _, field := range steering {
		add(field)
	}
	for _, i := range p.Ignored {
		add(i.Field)
	}
	for _, r := range p.Rejections {
		add(r.Field)
	}
	for _, job := range p.Jobs {
		for _, s := range job.Sources {
			add(s.Field)
		}
	}
	return known
}

// walkFields calls visit with each field that holds a value of its own, if that is not the
// zero value. It follows the names that encoding/json uses.
func walkFields(at fieldpath.Path, v reflect.Value, visit func(fieldpath.Path)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkFields(at, v.Elem(), visit)
		}
		return
	case reflect.Slice:
		for i := range v.Len() {
			walkFields(at.Index(i), v.Index(i), visit)
		}
		return
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			walkFields(at.Key(entries.Key().String()), entries.Value(), visit)
		}
		return
	case reflect.Struct:
		if !writesItself(v) {
			walkStruct(at, v, visit)
			return
		}
	}
	if !isEmpty(v) {
		visit(at)
	}
}

func walkStruct(at fieldpath.Path, v reflect.Value, visit func(fieldpath.Path)) {
	for field, value := range v.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case !field.IsExported() || name == "-":
		case name == "" && field.Anonymous:
			walkFields(at, value, visit)
		case name == "":
			walkFields(at.Field(field.Name), value, visit)
		default:
			walkFields(at.Field(name), value, visit)
		}
	}
}

// writesItself reports whether a struct is a single value to encoding/json, such as a port
// that is a number or a name.
func writesItself(v reflect.Value) bool {
	return v.Type().Implements(marshalerType) || reflect.PointerTo(v.Type()).Implements(marshalerType)
}

var marshalerType = reflect.TypeFor[json.Marshaler]()

// isEmpty reports whether a value is the zero value once it is written.
func isEmpty(v reflect.Value) bool {
	if v.Kind() != reflect.Struct {
		return v.IsZero()
	}
	text, err := json.Marshal(v.Interface())
	return err != nil || string(text) == "0" || string(text) == `""` || string(text) == "null"
}

// noteUnsupportedByServer records the same for the Prometheus, by name: most of its fields
// are about the pods and not about the configuration.
func (w *writer) noteUnsupportedByServer() {
	const reason = "the configurations of prometheus-operator v0.93.0 do not have it"
	if w.g.spec.ExtraScrapeMetrics != nil {
		w.ignoref(specPath.Field("extraScrapeMetrics"), reason)
	}
	if w.g.server != nil && w.g.server.RetentionPercentage != nil {
		w.ignoref(specPath.Field("retentionPercentage"), reason)
	}
}
