// Package schema answers what the API server would say of an object before any webhook sees it: the
// schemas of the Prometheus Operator's CRDs (v0.95.1), embedded, with their defaults, their
// validation and their CEL rules. It uses the API server's own code
// (k8s.io/apiextensions-apiserver), needs no network, and knows nothing of files or positions.
package schema

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	runtimeschema "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"

	"github.com/promgate/promgate/internal/fieldpath"
)

//go:embed crds/*.json
var crds embed.FS

// Schemas are the schemas of the operator's kinds. A schema is read when it is first asked for.
// Several goroutines may use Schemas at once.
type Schemas struct {
	byKind map[runtimeschema.GroupVersionKind]func() (*Schema, error)
}

// New returns the embedded schemas.
func New() *Schemas {
	s := &Schemas{byKind: map[runtimeschema.GroupVersionKind]func() (*Schema, error){}}
	for _, k := range embedded {
		s.byKind[k.kind] = sync.OnceValues(func() (*Schema, error) {
			read, err := readSchema(k.file, k.kind)
			if err != nil {
				return nil, fmt.Errorf("reading the schema of %s: %w", k.kind.Kind, err)
			}
			return read, nil
		})
	}
	return s
}

// For returns the schema of a kind. known is false if it is not embedded. An error means that the
// embedded schema is unusable.
func (s *Schemas) For(kind runtimeschema.GroupVersionKind) (schema *Schema, known bool, err error) {
	read, known := s.byKind[kind]
	if !known {
		return nil, false, nil
	}
	schema, err = read()
	return schema, true, err
}

// Use makes the schemas of a CRD replace the embedded ones. The CRD is given as JSON. Use must not be
// called while other goroutines use the schemas. It reports whether the object is a CRD.
func (s *Schemas) Use(object []byte) (isCRD bool, err error) {
	var crd apiextensionsv1.CustomResourceDefinition
	if err := json.Unmarshal(object, &crd); err != nil || crd.Kind != "CustomResourceDefinition" {
		return false, nil //nolint:nilerr // any object that is not a CRD may be among the files
	}
	for _, version := range crd.Spec.Versions {
		kind := runtimeschema.GroupVersionKind{Group: crd.Spec.Group, Version: version.Name, Kind: crd.Spec.Names.Kind}
		read, err := newSchema(version.Schema)
		if err != nil {
			return true, fmt.Errorf("reading the CRD %s: %w", crd.Name, err)
		}
		s.byKind[kind] = func() (*Schema, error) { return read, nil }
	}
	return true, nil
}

// Schema is the schema of one kind. Several goroutines may use it at once.
type Schema struct {
	structural *schema.Structural
	shape      *shape
	validator  validation.SchemaValidator

	// rules compiles the CEL rules when they are first needed: defaults need none. It returns nil if
	// the schema has no rules.
	rules func() *cel.Validator
}

// readCRD reads an embedded CRD.
func readCRD(file string) (crd apiextensionsv1.CustomResourceDefinition, err error) {
	data, err := crds.ReadFile(path.Join("crds", file))
	if err != nil {
		return crd, err
	}
	return crd, json.Unmarshal(data, &crd)
}

func readSchema(file string, kind runtimeschema.GroupVersionKind) (*Schema, error) {
	crd, err := readCRD(file)
	if err != nil {
		return nil, err
	}
	for _, version := range crd.Spec.Versions {
		if version.Name == kind.Version {
			return newSchema(version.Schema)
		}
	}
	return nil, fmt.Errorf("there is no version %s", kind.Version)
}

func newSchema(read *apiextensionsv1.CustomResourceValidation) (*Schema, error) {
	if read == nil || read.OpenAPIV3Schema == nil {
		return nil, errors.New("it has no schema")
	}
	var internal apiextensions.CustomResourceValidation
	if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(read, &internal, nil); err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	return &Schema{
		structural: structural, shape: newShape(structural), validator: validator,
		rules: sync.OnceValue(func() *cel.Validator { return cel.NewValidator(structural, true, celconfig.PerCallLimit) }),
	}, nil
}

// Default sets the defaults of the schema in an object, as the API server does.
func (s *Schema) Default(object map[string]any) {
	if !s.shape.hasDefaults && s.shape.conforms(object) {
		return
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object, s.structural)
	defaulting.Default(object, s.structural)
}

// A Violation is a reason for which the API server refuses an object.
type Violation struct {
	// Path is the path of the field, which may be missing in the object.
	Path fieldpath.Path

	// IsKey reports that the violation is about the last name in the path, not about the value.
	IsKey bool

	// WantsString reports that the value has to be a string, and is something else.
	WantsString bool

	// Field is the path as the API server writes it, and Message what it says of it.
	Field, Message string
}

// Admit does to an object what the API server does: it returns the fields that do not exist, as [Schema.Unknown]
// does, sets the defaults, and returns the violations, as [Schema.Validate] does. It is faster than the three by
// themselves.
func (s *Schema) Admit(ctx context.Context, object map[string]any) ([]UnknownField, []Violation) {
	if s.shape.hasDefaults || !s.shape.conforms(object) {
		unknown := s.Unknown(object)
		s.Default(object)
		return unknown, s.Validate(ctx, object)
	}
	return unknownMetadata(object["metadata"]), s.validate(ctx, object, true)
}

// Validate returns why the API server would refuse an object whose defaults are set: its metadata,
// its schema, and then its CEL rules. Numbers in the object are int64 or float64. The object is not
// changed.
func (s *Schema) Validate(ctx context.Context, object map[string]any) []Violation {
	return s.validate(ctx, object, s.shape.conforms(object))
}

func (s *Schema) validate(ctx context.Context, object map[string]any, conforms bool) []Violation {
	found := s.metadataViolations(object)
	var errs field.ErrorList
	if !conforms {
		errs = validation.ValidateCustomResource(nil, object, s.validator)
		errs = append(errs, objectmeta.Validate(ctx, nil, object, s.structural, false)...)
		errs = append(errs, listtype.ValidateListSetsAndMaps(nil, s.structural, object)...)
	}
	if rules := s.rules(); len(found)+len(errs) == 0 && rules != nil { // the API server evaluates no rule on an object of the wrong shape
		errs, _ = rules.Validate(ctx, nil, s.structural, object, nil, celconfig.RuntimeCELCostBudget)
	}
	return append(found, s.violations(object, errs)...)
}
