package schema

import (
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// Lacks returns the fields that this schema does not have, and another has, in the order of their paths: the API
// server drops them. A field below one that is missing is not listed.
func (s *Schema) Lacks(other *Schema) []string {
	var missing []string
	lacks("", s.structural, other.structural, func(path string) { missing = append(missing, path) })
	slices.Sort(missing)
	return missing
}

func lacks(path string, have, want *schema.Structural, missing func(string)) {
	if have == nil || want == nil || have.XPreserveUnknownFields {
		return
	}
	for name, property := range want.Properties {
		field := name
		if path != "" {
			field = path + "." + name
		}
		if existing, ok := have.Properties[name]; ok {
			lacks(field, &existing, &property, missing)
		} else if have.AdditionalProperties == nil {
			missing(field)
		}
	}
	lacks(path+"[]", have.Items, want.Items, missing)
	if have.AdditionalProperties != nil && want.AdditionalProperties != nil {
		lacks(path+".*", have.AdditionalProperties.Structural, want.AdditionalProperties.Structural, missing)
	}
}
