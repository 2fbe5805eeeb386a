package schema

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// A shape is a schema in a form that a value is quickly compared with. The API server's own validation
// makes a validator for each field of each object, which takes most of the time of lint: it is asked
// only about objects that do not conform to the shape.
//
// A shape errs on one side: whatever conforms has no unknown field, no null, and no mistake that the API
// server's validation would find, other than in metadata and by CEL rules. What does not conform may be
// valid: a shape does not know all that a schema can say.
type shape struct {
	kind       string // of the schema: object, array, string, integer, number, boolean; or one of the kinds below
	properties map[string]*shape
	values     *shape // those of a map
	items      *shape
	required   []string

	// listKeys are the keys by which an entry of a list must be unique, isSet that the entry itself must.
	listKeys []string
	isSet    bool

	enum           []string
	pattern        *regexp.Regexp
	least, most    float64 // of a number
	fewest, larger int     // the least length of a text or a list, and the first that is too long

	// hasDefaults reports that the schema has a default here or below.
	hasDefaults bool
}

// The kinds of values that are not types of a schema.
const (
	anything    = "anything"    // what the schema says nothing of: the metadata
	intOrString = "intOrString" // both in Kubernetes
	unsure      = "unsure"      // only the API server's validation knows
)

// newShape makes the shape of an object of a structural schema.
func newShape(of *schema.Structural) *shape {
	s := shapeOf(of)
	if _, ok := s.properties["metadata"]; ok {
		s.properties["metadata"] = &shape{kind: anything}
	}
	return s
}

func shapeOf(of *schema.Structural) *shape {
	s := &shape{kind: of.Type, least: math.Inf(-1), most: math.Inf(1), larger: math.MaxInt, hasDefaults: of.Default.Object != nil}
	if of.XIntOrString {
		s.kind = intOrString
	}
	if of.XPreserveUnknownFields || of.XEmbeddedResource || !s.setValues(of.ValueValidation) {
		s.kind = unsure
	}
	s.setList(of)
	if of.Items != nil {
		s.items = shapeOf(of.Items)
		s.hasDefaults = s.hasDefaults || s.items.hasDefaults
	}
	if of.AdditionalProperties != nil {
		if of.AdditionalProperties.Structural == nil {
			s.kind = unsure
			return s
		}
		s.values = shapeOf(of.AdditionalProperties.Structural)
		s.hasDefaults = s.hasDefaults || s.values.hasDefaults
	}
	s.properties = make(map[string]*shape, len(of.Properties))
	for name, property := range of.Properties {
		s.properties[name] = shapeOf(&property)
		s.hasDefaults = s.hasDefaults || s.properties[name].hasDefaults
	}
	return s
}

// setValues sets what a schema says of values. It reports false if it says more than a shape knows.
func (s *shape) setValues(v *schema.ValueValidation) bool {
	if v == nil {
		return true
	}
	isIntOrString := s.kind == intOrString && len(v.AnyOf) == 2 && len(v.AllOf) == 0
	if len(v.AllOf) > 0 || len(v.AnyOf) > 0 && !isIntOrString || len(v.OneOf) > 0 || v.Not != nil || v.UniqueItems || v.ExclusiveMaximum ||
		v.ExclusiveMinimum || v.MultipleOf != nil || v.MinProperties != nil || v.MaxProperties != nil {
		return false
	}
	switch v.Format {
	case "", "int64":
	case "int32":
		s.least, s.most = math.MinInt32, math.MaxInt32
	default:
		return false
	}
	if v.Minimum != nil {
		s.least = max(s.least, *v.Minimum)
	}
	if v.Maximum != nil {
		s.most = min(s.most, *v.Maximum)
	}
	for _, length := range []*int64{v.MinLength, v.MinItems} {
		if length != nil {
			s.fewest = int(*length)
		}
	}
	for _, length := range []*int64{v.MaxLength, v.MaxItems} {
		if length != nil {
			s.larger = int(*length) + 1
		}
	}
	s.required = v.Required
	return s.setTexts(v)
}

// setTexts sets what a schema says of texts.
func (s *shape) setTexts(v *schema.ValueValidation) bool {
	for _, one := range v.Enum {
		text, ok := one.Object.(string)
		if !ok || s.kind != "string" {
			return false
		}
		s.enum = append(s.enum, text)
	}
	if v.Pattern == "" {
		return true
	}
	var err error
	s.pattern, err = regexp.Compile(v.Pattern)
	return err == nil
}

// setList sets by what the entries of a list must be unique.
func (s *shape) setList(of *schema.Structural) {
	if of.XListType == nil {
		return
	}
	switch *of.XListType {
	case "set":
		s.isSet = true
	case "map":
		s.listKeys = of.XListMapKeys
	}
}

// conforms reports whether a value conforms for certain.
func (s *shape) conforms(value any) bool {
	switch v := value.(type) {
	case string:
		return (s.kind == "string" || s.kind == intOrString) && s.conformsText(v)
	case bool:
		return s.kind == "boolean"
	case int64:
		return (s.kind == "integer" || s.kind == "number" || s.kind == intOrString) && float64(v) >= s.least && float64(v) <= s.most
	case float64:
		return s.kind == "number" && v >= s.least && v <= s.most
	case map[string]any:
		return s.kind == anything || s.kind == "object" && s.conformsObject(v)
	case []any:
		return s.kind == "array" && s.conformsList(v)
	}
	return false
}

func (s *shape) conformsText(v string) bool {
	if s.enum != nil && !slices.Contains(s.enum, v) {
		return false
	}
	if s.fewest > 0 || s.larger < math.MaxInt {
		if n := utf8.RuneCountInString(v); n < s.fewest || n >= s.larger {
			return false
		}
	}
	return s.pattern == nil || s.pattern.MatchString(v)
}

func (s *shape) conformsObject(v map[string]any) bool {
	for _, name := range s.required {
		if _, ok := v[name]; !ok {
			return false
		}
	}
	for name, value := range v {
		property, ok := s.properties[name]
		if !ok {
			property = s.values
		}
		if property == nil || !property.conforms(value) {
			return false
		}
	}
	return true
}

func (s *shape) conformsList(v []any) bool {
	if s.items == nil || len(v) < s.fewest || len(v) >= s.larger {
		return false
	}
	for _, entry := range v {
		if !s.items.conforms(entry) {
			return false
		}
	}
	return len(v) < 2 || s.hasUniqueEntries(v)
}

// hasUniqueEntries reports whether the entries of a list differ for certain, where they must.
func (s *shape) hasUniqueEntries(v []any) bool {
	if !s.isSet && s.listKeys == nil {
		return true
	}
	seen := make(map[string]bool, len(v))
	for _, entry := range v {
		identity, ok := s.identityOf(entry)
		if !ok || seen[identity] {
			return false
		}
		seen[identity] = true
	}
	return true
}

// identityOf returns what makes an entry unique, if that is texts.
func (s *shape) identityOf(entry any) (string, bool) {
	if s.isSet {
		text, ok := entry.(string)
		return text, ok
	}
	fields, _ := entry.(map[string]any)
	var identity strings.Builder
	for i, key := range s.listKeys {
		text, ok := fields[key].(string)
		if !ok || strings.ContainsRune(text, 0) {
			return "", false
		}
		if i > 0 {
			identity.WriteByte(0)
		}
		identity.WriteString(text)
	}
	return identity.String(), true
}
