package jsonparts

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct {
		object, spec, status, rest string
		uncertain                  bool
	}{
		"All":        {object: `{"kind":"A","spec":{"a":[1,"}"]},"status":null,"metadata":{}}`, spec: `{"a":[1,"}"]}`, status: `null`, rest: `{"kind":"A","metadata":{}}`},
		"Spaces":     {object: " {\n\"spec\" : [ 1 ] , \"kind\":\"A\"}\r\n ", spec: `[ 1 ]`, rest: `{"kind":"A"}`},
		"None":       {object: `{"kind":"A","kind":"B"}`, rest: `{"kind":"A","kind":"B"}`},
		"Empty":      {object: `{}`, rest: `{}`},
		"Nested":     {object: `{"a":{"spec":1}}`, rest: `{"a":{"spec":1}}`},
		"Twice":      {object: `{"spec":1,"spec":2}`, uncertain: true},
		"OtherCase":  {object: `{"Spec":1}`, uncertain: true},
		"Escaped":    {object: `{"sp\u0065c":1}`, uncertain: true},
		"List":       {object: `[]`, uncertain: true},
		"Text":       {object: `"spec"`, uncertain: true},
		"Nothing":    {object: ` `, uncertain: true},
		"CutOff":     {object: `{"spec":1`, uncertain: true},
		"CutOffName": {object: `{"spec`, uncertain: true},
		"Trailing":   {object: `{"spec":1}}`, uncertain: true},
		"TwoValues":  {object: `{"spec":1}{}`, uncertain: true},
		"Comma":      {object: `{"spec":1,}`, uncertain: true},
		"NoValue":    {object: `{"spec"}`, uncertain: true},
	} {
		t.Run(name, func(t *testing.T) {
			members, rest, ok := Split([]byte(c.object), "spec", "status")
			if ok == c.uncertain {
				t.Fatalf("certain: %v", ok)
			}
			if ok && (string(members[0]) != c.spec || string(members[1]) != c.status || string(rest) != c.rest) {
				t.Errorf("got %s, %s and %s", members[0], members[1], rest)
			}
		})
	}
}

// FuzzSplit: an object that was split has what encoding/json finds in it.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"A","spec":{"a":[1,"}"]},"status":null,"metadata":{"x":1e5}}`, `{"Spec":1,"spec":"\ud800"}`, "{\"spec\":\"\xff\"}", `{"a":1,"a":2}`, `{"spec":1} `, `{"spec":01}`, `{"ſpec":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		members, rest, ok := Split(object, "spec", "status")
		if !ok {
			return
		}
		type parts struct {
			Spec   json.RawMessage `json:"spec"`
			Status json.RawMessage `json:"status"`
		}
		var all, left map[string]any
		var want, none parts
		for _, err := range []error{json.Unmarshal(object, &all), json.Unmarshal(rest, &left), json.Unmarshal(object, &want)} {
			if err != nil {
				t.Fatalf("%s: %v", object, err)
			}
		}
		if err := json.Unmarshal(rest, &none); err != nil || none.Spec != nil || none.Status != nil {
			t.Errorf("%s: the rest has %s and %s, %v", object, none.Spec, none.Status, err)
		}
		if !bytes.Equal(members[0], want.Spec) || !bytes.Equal(members[1], want.Status) {
			t.Errorf("%s: got %s and %s, want %s and %s", object, members[0], members[1], want.Spec, want.Status)
		}
		delete(all, "spec")
		delete(all, "status")
		if !reflect.DeepEqual(all, left) {
			t.Errorf("%s: the rest is %v, want %v", object, left, all)
		}
	})
}
