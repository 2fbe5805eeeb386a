package schema

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/internal/fieldpath"
)

// TestConformsProperty: of random objects, most of which have some mistake, the API server's own code
// finds nothing wrong in those that conform; and enough of those without a mistake conform.
func TestConformsProperty(t *testing.T) {
	const objects = 800
	schemas := New()
	for _, k := range embedded {
		t.Run(k.kind.Kind, func(t *testing.T) {
			s, _, err := schemas.For(k.kind)
			if err != nil {
				t.Fatal(err)
			}
			conforming, valid := 0, 0
			for seed := range uint64(objects) {
				w := writer{Rand: rand.New(rand.NewPCG(seed, 1)), mistakes: int(seed % 4)}
				object, _ := w.object(s.structural, 0).(map[string]any)
				delete(object, "metadata")
				pruned, _ := runtime.DeepCopyJSONValue(object).(map[string]any)
				defaulting.PruneNonNullableNullsWithoutDefaults(pruned, s.structural)
				refused := validation.ValidateCustomResource(nil, object, s.validator)
				refused = append(refused, objectmeta.Validate(t.Context(), nil, object, s.structural, false)...)
				refused = append(refused, listtype.ValidateListSetsAndMaps(nil, s.structural, object)...)
				var unknown unknownWalk
				unknown.value(fieldpath.Path{}, object, s.structural)
				isValid := len(refused) == 0 && len(unknown.found) == 0 && cmp.Equal(object, pruned)
				conforms := s.shape.conforms(object)
				if conforms && !isValid {
					t.Fatalf("seed %d conforms, but: %v, unknown %v, nulls %s", seed, refused, unknown.found, cmp.Diff(object, pruned))
				}
				if isValid {
					valid++
				}
				if conforms {
					conforming++
				}
			}
			t.Logf("of %d objects %d are valid, and %d of those conform", objects, valid, conforming)
			if conforming < valid/4 || valid < objects/50 {
				t.Errorf("of %d valid objects only %d conform", valid, conforming)
			}
		})
	}
}

// TestAdmitProperty: admitting a random object is what its three steps are.
func TestAdmitProperty(t *testing.T) {
	const objects = 100
	schemas := New()
	for _, k := range embedded {
		s, _, err := schemas.For(k.kind)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(objects) {
			w := writer{Rand: rand.New(rand.NewPCG(seed, 2)), mistakes: int(seed % 3)}
			object, _ := w.object(s.structural, 0).(map[string]any)
			if object == nil {
				continue
			}
			object["metadata"] = w.of(map[string]any{"name": "a"}, map[string]any{"name": "A", "foo": "b"})
			bySteps, _ := runtime.DeepCopyJSONValue(object).(map[string]any)
			wantUnknown := s.Unknown(bySteps)
			s.Default(bySteps)
			wantViolations := s.Validate(t.Context(), bySteps)
			unknown, violations := s.Admit(t.Context(), object)
			want, got := fmt.Sprint(wantUnknown, sortedTexts(wantViolations), bySteps), fmt.Sprint(unknown, sortedTexts(violations), object)
			if want != got {
				t.Fatalf("%s, seed %d (-steps +Admit):\n%s", k.kind.Kind, seed, cmp.Diff(want, got))
			}
		}
	}
}

// sortedTexts returns violations as texts: the API server's code visits maps in any order.
func sortedTexts(violations []Violation) []string {
	var texts []string
	for _, v := range violations {
		texts = append(texts, fmt.Sprint(v))
	}
	slices.Sort(texts)
	return texts
}

// A writer writes random objects of a schema, with about as many mistakes as it is told.
type writer struct {
	*rand.Rand

	mistakes int
}

// errs decides whether to make a mistake here.
func (w *writer) errs() bool { return w.IntN(60) < w.mistakes }

func (w *writer) object(s *schema.Structural, depth int) any {
	if w.errs() {
		return w.of(nil, "", true, int64(-1), 1.5, map[string]any{}, []any{}, map[string]any{"a": int64(1)})
	}
	switch {
	case s.XIntOrString:
		return w.of(int64(w.IntN(9)), "50%")
	case s.Type == "object":
		return w.fields(s, depth)
	case s.Type == "array":
		var entries []any
		for range w.IntN(3) {
			entries = append(entries, w.object(s.Items, depth+1))
		}
		return slices.Concat([]any{}, entries)
	case s.Type == "boolean":
		return w.IntN(2) == 0
	case s.Type == "string":
		return w.text(s)
	case s.Type == "number":
		return w.of(1.5, int64(3))
	}
	return int64(w.IntN(100))
}

func (w *writer) fields(s *schema.Structural, depth int) any {
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		property := s.Properties[name]
		isRequired := s.ValueValidation != nil && slices.Contains(s.ValueValidation.Required, name)
		if isRequired && !w.errs() || w.IntN(2+4*depth) == 0 && depth < 5 {
			object[name] = w.object(&property, depth+1)
		}
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Structural != nil {
		object["k"+strconv.Itoa(w.IntN(3))] = w.object(s.AdditionalProperties.Structural, depth+1)
	}
	if w.errs() {
		object["foo"] = "bar"
	}
	return object
}

func (w *writer) text(s *schema.Structural) any {
	if s.ValueValidation != nil && len(s.ValueValidation.Enum) > 0 && !w.errs() {
		return s.ValueValidation.Enum[w.IntN(len(s.ValueValidation.Enum))].Object
	}
	return w.of("1m", "1m", "1MB", "30s", "a", "http", "https://a", "/a", "_a", "2024-01-02T03:04:05Z", "")
}

func (w *writer) of(values ...any) any { return values[w.IntN(len(values))] }
