package discovery

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/config"
	"go.yaml.in/yaml/v2"
)

// looser lists documents that a stub accepts although the real type refuses them: none today. The
// opposite must not be on the list: a stub that is stricter refuses valid documents.
var looser = []struct{ kind, refusal, reason string }{}

// document is a section of one kind.
type document map[string]any

// with returns a copy that has value at key. The value of absent removes the key.
func (d document) with(key string, value any) document {
	changed := maps.Clone(d)
	if value == absent {
		delete(changed, key)
	} else {
		changed[key] = value
	}
	return changed
}

var absent any = new(struct{ int })

// TestDocuments decodes the same documents with the real type and the stub.
func TestDocuments(t *testing.T) {
	config.MarshalSecretValue = true
	t.Cleanup(func() { config.MarshalSecretValue = false })
	excused := make([]bool, len(looser))
	for _, k := range kinds {
		t.Run(k.real.Name(), func(t *testing.T) {
			s := stub(k.real.Name())
			if s == nil {
				t.Fatal("there is no stub")
			}
			c := &comparison{
				kind: k.real.Name(), real: reflect.TypeOf(k.real).Elem(), stub: reflect.TypeOf(s).Elem(), excused: excused,
			}
			for _, text := range k.minimal {
				var minimal document
				if err := yaml.Unmarshal([]byte(text), &minimal); err != nil {
					t.Fatal(err)
				}
				c.around(t, minimal, k.apart)
			}
			for _, text := range k.refused {
				var d document
				if err := yaml.Unmarshal([]byte(text), &d); err != nil {
					t.Fatal(err)
				}
				if c.compare(t, d) == nil {
					t.Errorf("Prometheus accepts %v", d)
				}
			}
			if c.taken < 10 || c.refused < 10 {
				t.Errorf("%d documents were accepted and %d refused: that proves nothing", c.taken, c.refused)
			}
		})
	}
	for i, known := range looser {
		if !excused[i] {
			t.Errorf("no document made the real %s return %q while the stub accepted it: remove it from the list", known.kind, known.refusal)
		}
	}
}

// comparison is one kind, and its results so far.
type comparison struct {
	kind           string
	real, stub     reflect.Type
	taken, refused int
	excused        []bool
}

// around compares a document that has to be accepted, and others that are derived from it.
func (c *comparison) around(t *testing.T, minimal document, apart []string) {
	t.Helper()
	keys := keysOf(c.real)
	full := minimal
	for _, k := range keys {
		if _, ok := minimal[k.name]; !ok && !slices.Contains(apart, k.name) && !slices.Contains(httpApart, k.name) {
			full = full.with(k.name, sample(k.name, k.typ))
		}
	}
	for _, d := range []document{minimal, full} {
		if err := c.compare(t, d); err != nil {
			t.Errorf("Prometheus refuses %v: %v", d, err)
		}
		if c.compare(t, d.with("unknown_key", "a")) == nil {
			t.Errorf("Prometheus accepts an unknown key beside %v", d)
		}
	}
	if slices.ContainsFunc(keys, func(k key) bool { return k.name == "basic_auth" }) {
		conflict := minimal.with("basic_auth", map[string]any{"username": "a"}).
			with("authorization", map[string]any{"credentials": "a"})
		// Of the kinds with an HTTP client, only aws does not validate it.
		if refused := c.compare(t, conflict) != nil; refused != (c.kind != "aws") {
			t.Errorf("basic_auth and authorization: refused is %v in Prometheus", refused)
		}
	}
	c.each(t, minimal, keys)
	c.pairs(t, minimal, keys)
}

// each compares the document with one key changed, to values of all kinds.
func (c *comparison) each(t *testing.T, d document, keys []key) {
	t.Helper()
	for _, k := range keys {
		before := c.refused
		for _, value := range append(values(k.typ), absent) {
			c.compare(t, d.with(k.name, value))
		}
		if c.refused == before {
			t.Errorf("no value of %s was refused", k.name)
		}
	}
}

// pairs compares the document with two keys changed, because keys require or exclude others.
func (c *comparison) pairs(t *testing.T, d document, keys []key) {
	t.Helper()
	for i, a := range keys {
		for _, b := range keys[:i] {
			for _, av := range []any{sample(a.name, a.typ), "", absent} {
				for _, bv := range []any{sample(b.name, b.typ), "", absent} {
					c.compare(t, d.with(a.name, av).with(b.name, bv))
				}
			}
		}
	}
}

// compare ends the test unless real type and stub both refuse the document, or read the same from
// it. It returns the error of the real type.
func (c *comparison) compare(t *testing.T, d document) error {
	t.Helper()
	text, err := yaml.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	real, stub := reflect.New(c.real), reflect.New(c.stub)
	realErr, stubErr := decode(text, real.Interface()), decode(text, stub.Interface())
	switch {
	case realErr != nil:
		c.refused++
		if stubErr == nil && !c.known(realErr) {
			t.Fatalf("only the real type refuses, with %q:\n%s", realErr, text)
		}
	case stubErr != nil:
		t.Fatalf("only the stub refuses, with %q:\n%s", stubErr, text)
	default:
		c.taken++
		if r, s := encode(real.Interface()), encode(stub.Interface()); !reflect.DeepEqual(r, s) {
			t.Fatalf("the real type reads\n%v\nand the stub\n%v\nfrom\n%s", r, s, text)
		}
		// The loader refuses a section that leaves its type empty.
		if real.Elem().IsZero() != stub.Elem().IsZero() {
			t.Fatalf("only one of real type and stub is empty after\n%s", text)
		}
	}
	return realErr
}

// known reports whether the list has the refusal.
func (c *comparison) known(refusal error) bool {
	for i, known := range looser {
		if known.kind == c.kind && strings.Contains(refusal.Error(), known.refusal) {
			c.excused[i] = true
			return true
		}
	}
	return false
}

// decode reads the text as the loader does.
func decode(text []byte, into any) error { return yaml.UnmarshalStrict(text, into) }

// encode returns the decoded values, without regard to the order of keys.
func encode(config any) (read map[string]any) {
	defer func() {
		if r := recover(); r != nil {
			read = map[string]any{"panic": fmt.Sprint(r)}
		}
	}()
	text, err := yaml.Marshal(config)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		return map[string]any{"error": err.Error()}
	}
	return read
}
