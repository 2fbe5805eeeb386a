package schema

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/internal/fieldpath"
)

// metadataPath is that of the metadata, whose fields the schema does not have.
var metadataPath = fieldpath.New("metadata")

// labelsPath, annotationsPath and finalizersPath are the fields of the metadata whose errors the API
// server reports for the field as a whole, not for the entry.
var (
	labelsPath      = metadataPath.Field("labels")
	annotationsPath = metadataPath.Field("annotations")
	finalizersPath  = metadataPath.Field("finalizers")
)

// originOfName and originOfValue are the origins that the API server's code gives to the errors of one
// name or value in a map.
const (
	originOfName  = "format=k8s-label-key"
	originOfValue = "format=k8s-label-value"
)

// metadataViolations validates the name, the labels and the other fields of the metadata. A missing
// name is a violation only for files: the API server generates it from generateName.
func (s *Schema) metadataViolations(object map[string]any) []Violation {
	meta, found, err := objectmeta.GetObjectMeta(object, false)
	if err != nil {
		return malformedMetadata(object)
	}
	if !found {
		meta = &metav1.ObjectMeta{}
	}
	if meta.Namespace == "" {
		meta.Namespace = metav1.NamespaceDefault // kubectl sets its own
	}
	var whole field.ErrorList
	for _, err := range apivalidation.ValidateObjectMeta(meta, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata")) {
		if !isAboutEntry(err) {
			whole = append(whole, err)
		}
	}
	return append(s.violations(object, whole), entryViolations(meta)...)
}

// isAboutEntry reports whether an error of the metadata is about one entry of a map or a list, which it
// does not name.
func isAboutEntry(err *field.Error) bool {
	isFinalizer := err.Field == finalizersPath.String() && isText(err.BadValue)
	return err.Origin == originOfName || err.Origin == originOfValue || isFinalizer
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// entryViolations validates each label, annotation and finalizer by itself.
func entryViolations(meta *metav1.ObjectMeta) []Violation {
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(meta.Labels)) {
		errs := metav1validation.ValidateLabels(map[string]string{name: meta.Labels[name]}, field.NewPath("metadata", "labels"))
		found = append(found, ofEntry(labelsPath.Key(name), errs)...)
	}
	for _, name := range slices.Sorted(maps.Keys(meta.Annotations)) {
		errs := apivalidation.ValidateAnnotations(map[string]string{name: ""}, field.NewPath("metadata", "annotations"))
		found = append(found, ofEntry(annotationsPath.Key(name), errs)...)
	}
	for i, name := range meta.Finalizers {
		found = append(found, ofEntry(finalizersPath.Index(i), apivalidation.ValidateFinalizerName(name, field.NewPath("metadata", "finalizers")))...)
	}
	return found
}

func ofEntry(path fieldpath.Path, errs field.ErrorList) []Violation {
	var found []Violation
	for _, err := range errs {
		found = append(found, Violation{Path: path, IsKey: err.Origin == originOfName, Field: err.Field, Message: err.ErrorBody()})
	}
	return found
}

// malformedMetadata finds the values that the metadata cannot have: the API server's code stops at the
// first one and does not say where it is, so that each field is decoded by itself.
func malformedMetadata(object map[string]any) []Violation {
	metadata, _ := object["metadata"].(map[string]any) // the schema refuses anything else
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		decode := func(value any) []Violation { return malformed(metadataPath, map[string]any{name: value}) }
		if len(decode(metadata[name])) > 0 {
			found = append(found, malformedField(metadataPath.Field(name), metadata[name], decode)...)
		}
	}
	return found
}

// malformedField finds the entries of a field that cannot be decoded, or the field itself.
func malformedField(path fieldpath.Path, value any, decode func(any) []Violation) []Violation {
	var found []Violation
	add := func(path fieldpath.Path, value any, violations []Violation) {
		for _, v := range violations {
			v.Path, v.Field = path, path.String()
			v.WantsString = path.Within(labelsPath) || path.Within(annotationsPath) || isScalar(value) && isTextField(path)
			found = append(found, v)
		}
	}
	switch value := value.(type) {
	case map[string]any:
		if len(decode(map[string]any{})) > 0 {
			break
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			add(path.Key(name), value[name], decode(map[string]any{name: value[name]}))
		}
	case []any:
		if len(decode([]any{})) > 0 {
			break
		}
		for i, entry := range value {
			add(path.Index(i), entry, decode([]any{entry}))
		}
	}
	if found == nil {
		add(path, value, decode(value))
	}
	return found
}

// malformed returns why some metadata cannot be decoded.
func malformed(path fieldpath.Path, metadata any) []Violation {
	_, _, err := objectmeta.GetObjectMeta(map[string]any{"metadata": metadata}, false)
	if err == nil {
		return nil
	}
	return []Violation{{Path: path, Field: path.String(), Message: field.Invalid(field.NewPath("metadata"), "", err.Error()).ErrorBody()}}
}

func isScalar(value any) bool {
	switch value.(type) {
	case map[string]any, []any, nil:
		return false
	}
	return true
}

// isTextField reports whether the value of a field of the metadata is a text.
func isTextField(path fieldpath.Path) bool {
	kind, ok := metadataFields[path.Last().Name]
	return ok && path.Parent().Equal(metadataPath) && kind.Kind() == reflect.String
}

// metadataFields are the fields of the metadata, and those of the lists in it, by their names in JSON.
var (
	metadataFields = fieldsOf(reflect.TypeFor[metav1.ObjectMeta]())
	listsInside    = map[string]map[string]reflect.Type{
		"ownerReferences": fieldsOf(reflect.TypeFor[metav1.OwnerReference]()),
		"managedFields":   fieldsOf(reflect.TypeFor[metav1.ManagedFieldsEntry]()),
	}
)

func fieldsOf(structure reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range structure.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[name] = f.Type
	}
	return fields
}

// unknownMetadata returns the fields of the metadata that no object has.
func unknownMetadata(metadata any) []UnknownField {
	fields, _ := metadata.(map[string]any)
	found := unknownIn(metadataPath, fields, metadataFields)
	for list, known := range listsInside {
		entries, _ := fields[list].([]any)
		for i, entry := range entries {
			entry, _ := entry.(map[string]any)
			found = append(found, unknownIn(metadataPath.Field(list).Index(i), entry, known)...)
		}
	}
	return found
}

func unknownIn(path fieldpath.Path, object map[string]any, known map[string]reflect.Type) []UnknownField {
	var found []UnknownField
	for name := range object {
		if _, ok := known[name]; !ok {
			found = append(found, UnknownField{Path: path.Field(name), Nearest: nearestName(name, slices.Sorted(maps.Keys(known)), object)})
		}
	}
	return found
}
