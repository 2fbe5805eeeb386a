package validation

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/json"

	"github.com/promgate/promgate/internal/fieldpath"
)

func TestPlace(t *testing.T) {
	endpoint := Place{Path: fieldpath.New("spec", "endpoints").Index(2), Subject: Subject{`endpoint "web"`}, Key: "web"}
	got := endpoint.At("params").AtKey("a.b").Finding("is wrong", "fix it", "value")
	want := Finding{
		Path:    fieldpath.New("spec", "endpoints").Index(2).Field("params").Key("a.b"),
		Subject: Subject{`endpoint "web"`}, Problem: "is wrong", Fix: "fix it", Key: "web\x00params\x00value",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if endpoint.Path.Len() != 3 {
		t.Errorf("the place has changed: %s", endpoint.Path)
	}
	excerpt := endpoint.At("path").Excerpt("/a?b", 2, 3)
	if excerpt.Field.String() != "spec.endpoints[2].path" || excerpt.IsKey {
		t.Errorf("the excerpt has the field %s", excerpt.Field)
	}
}

func TestKey(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	if got := Key("a", "b"); got != "a\x00b" {
		t.Errorf("a short key is %q", got)
	}
	a, b := Key("a", long), Key("b", long)
	if a == b || a != Key("a", long) {
		t.Errorf("long keys are not exact: %q and %q", a, b)
	}
	if len(a) > maxKeyLength {
		t.Errorf("a long key keeps %d bytes", len(a))
	}
}

// TestTypeMistake: the place of a value of the wrong type, also if a type decodes itself.
func TestTypeMistake(t *testing.T) {
	type entry struct {
		Name   string            `json:"name"`
		Number int64             `json:"number"`
		Labels map[string]string `json:"labels"`
		Self   self              `json:"self"`
	}
	type object struct {
		Spec struct {
			List []entry `json:"list"`
		} `json:"spec"`
	}
	for name, c := range map[string]struct{ raw, want, reason string }{
		"Scalar":   {`{"spec":{"list":[{"name":"a"},{"name":1}]}}`, "spec.list[1].name", "a value in the second entry"},
		"MapValue": {`{"spec":{"list":[{"labels":{"a":"1"}},{"labels":{"a":"1","b.c":true}}]}}`, "spec.list[1].labels[b.c]", "a value of a map, whose key the decoder does not name"},
		"MapInMap": {`{"spec":{"list":[{"labels":{"a":"1","b":{}}}]}}`, "spec.list[0].labels[b]", "a map in a map, which is of the same kind as the map itself"},
		"List":     {`{"spec":{"list":[{"name":"a"},{"labels":[]}]}}`, "spec.list[1].labels", "a list for a map"},
		"Object":   {`{"spec":{"list":{"name":"a"}}}`, "spec.list", "a map for a list"},
		"Spaces":   {"{ \"spec\" : { \"list\" : [ { \"number\" : \"5\" } ] } }", "spec.list[0].number", "white space does not count"},
		"SameName": {`{"other":{"list":[{"name":1}]},"spec":{"list":[{"name":"x"},{"name":1}]}}`, "spec.list[1].name", "an unknown field of the same name does not count"},
		"Self":     {`{"spec":{"list":[{"self":"a"},{"self":7},{"self":7}]}}`, "spec.list[1].self", "the first value like the one that a type refuses by itself"},
	} {
		t.Run(name, func(t *testing.T) {
			err := json.UnmarshalCaseSensitivePreserveInts([]byte(c.raw), &object{})
			mistake, ok := typeMistakeOf(err)
			if !ok {
				t.Fatalf("no mistake in %v", err)
			}
			if got := mistake.pathIn([]byte(c.raw)).String(); got != c.want {
				t.Errorf("%s: got %s, want %s", c.reason, got, c.want)
			}
		})
	}
	if _, ok := typeMistakeOf(errors.New("another")); ok {
		t.Errorf("another error is not a type mistake")
	}
}

// self decodes itself, so that the offset of its error is relative to its own text.
type self struct{ text string }

func (s *self) UnmarshalJSON(raw []byte) error {
	return json.UnmarshalCaseSensitivePreserveInts(raw, &s.text) //nolint:wrapcheck // the decoder adds the field
}
