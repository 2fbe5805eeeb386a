package schema

import (
	"fmt"
	"slices"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	runtimeschema "k8s.io/apimachinery/pkg/runtime/schema"
)

// Lacks returns the fields of the spec that the embedded schema of a kind has, and an installed CRD does not have, in
// the order of their paths: the API server drops them. A field below one that is missing is not listed.
func Lacks(kind runtimeschema.GroupVersionKind, installed apiextensionsv1.CustomResourceDefinition) ([]string, error) {
	for _, k := range embedded {
		if k.kind != kind {
			continue
		}
		want, err := readCRD(k.file)
		if err != nil {
			return nil, fmt.Errorf("reading the schema of %s: %w", kind.Kind, err)
		}
		var missing []string
		lacks("spec", specOf(installed, kind.Version), specOf(want, kind.Version), func(path string) { missing = append(missing, path) })
		slices.Sort(missing)
		return missing, nil
	}
	return nil, fmt.Errorf("there is no schema of %s", kind.Kind)
}

// specOf returns the schema of the spec in a version of a CRD, or an empty one.
func specOf(crd apiextensionsv1.CustomResourceDefinition, version string) *apiextensionsv1.JSONSchemaProps {
	for _, v := range crd.Spec.Versions {
		if v.Name == version && v.Schema != nil && v.Schema.OpenAPIV3Schema != nil {
			spec := v.Schema.OpenAPIV3Schema.Properties["spec"]
			return &spec
		}
	}
	return &apiextensionsv1.JSONSchemaProps{}
}

func lacks(path string, have, want *apiextensionsv1.JSONSchemaProps, missing func(string)) {
	if have == nil || want == nil || have.XPreserveUnknownFields != nil && *have.XPreserveUnknownFields {
		return
	}
	for name, property := range want.Properties {
		field := path + "." + name
		if existing, ok := have.Properties[name]; ok {
			lacks(field, &existing, &property, missing)
		} else if have.AdditionalProperties == nil {
			missing(field)
		}
	}
	if have.Items != nil && want.Items != nil {
		lacks(path+"[]", have.Items.Schema, want.Items.Schema, missing)
	}
	if have.AdditionalProperties != nil && want.AdditionalProperties != nil {
		lacks(path+".*", have.AdditionalProperties.Schema, want.AdditionalProperties.Schema, missing)
	}
}
