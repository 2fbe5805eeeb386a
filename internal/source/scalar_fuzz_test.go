package source

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/promgate/promgate/internal/fieldpath"
)

// FuzzScalar holds that the decoders agree with the library about every scalar of every document
// that can be read, and that their maps lead to places in the scalar, in order.
func FuzzScalar(f *testing.F) {
	for _, test := range scalarCases {
		f.Add([]byte(strings.NewReplacer(opening, "", closing, "").Replace(test.marked)))
	}
	f.Add([]byte("? k\n: v\n? - [a, {b: c}, d: e]\n: - - x\n  -\n"))
	f.Add([]byte("x: &a {k: v}\ny: {<<: *a, z: !!str on}\non: *a\n--- # c\n- <<: [*x]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := Parse(text)
		for _, e := range file.Errors {
			if e.Position.Offset < 0 || e.Position.Offset > len(text) || e.Message == "" {
				t.Errorf("error %+v", e)
			}
		}
		for _, d := range file.Documents {
			if d.root().differs {
				t.Errorf("no tree")
			}
			checkNode(t, d, d.root(), len(d.tree.text))
			checkJSON(t, d)
		}
	})
}

// checkNode holds that a node and all nodes below are located.
func checkNode(t *testing.T, d *Document, n *node, size int) {
	t.Helper()
	if n.differs {
		t.Fatalf("the scalar %q at %d is not decoded", n.value, n.start)
	}
	if n.start > n.end || n.end > size {
		t.Fatalf("the node %q is at %d-%d of %d bytes", n.value, n.start, n.end, size)
	}
	last := n.start
	for _, child := range n.children {
		if child.start < last {
			t.Fatalf("the node %q at %d is before %d", child.value, child.start, last)
		}
		checkNode(t, d, child, size)
		last = child.end
	}
	if last > n.end {
		t.Fatalf("the node at %d ends at %d, its last child at %d", n.start, n.end, last)
	}
	if n.kind == scalar {
		checkMap(t, d, n)
	}
}

// checkMap holds that each byte of a scalar comes from a place in it, and that the places are in
// order.
func checkMap(t *testing.T, d *Document, n *node) {
	t.Helper()
	decoded := d.decode(n)
	if !decoded.ok {
		t.Fatalf("the map of %q at %d is not made", n.value, n.start)
	}
	last := n.start
	for i := range len(n.value) + 1 {
		from, to := decoded.locate(i, i+1)
		if from < last || to < from || to > n.end {
			// The end of a text that ends with line breaks is before them.
			if i < len(n.value) || from < n.start {
				t.Fatalf("byte %d of %q is at %d-%d, after %d, in %d-%d", i, n.value, from, to, last, n.start, n.end)
			}
		}
		last = from
		if i < len(n.value) {
			checkByte(t, d, n, i, from)
		}
	}
}

// checkByte holds that a byte is in the text as itself, unless it is a part of an escape or of a
// line break.
func checkByte(t *testing.T, d *Document, n *node, i, from int) {
	t.Helper()
	value, text := n.value, d.tree.text
	for !utf8.RuneStart(value[i]) {
		i--
	}
	isEscape := n.style == singleQuoted && text[from] == '\'' || (n.style == doubleQuoted || n.style == jsonString) && text[from] == '\\'
	if !isEscape && breakLength(text, from) == 0 && text[from] != value[i] {
		t.Fatalf("byte %d of %q is %q at %d", i, value, text[from], from)
	}
}

// checkJSON holds that all of a document's JSON is found by its path.
func checkJSON(t *testing.T, d *Document) {
	t.Helper()
	var value any
	if err := json.Unmarshal(d.JSON(), &value); err != nil {
		return // A number may be out of range.
	}
	// The converter takes any of several keys that become one.
	isRandom := len(d.OddKeys()) > 0 || slices.ContainsFunc(d.DuplicateKeys(), func(k DuplicateKey) bool {
		return textOf(d, k.First) != textOf(d, k.Again)
	})
	if !isRandom {
		checkContent(t, d)
	}
	hasTags := bytes.IndexByte(d.tree.text[d.start:], '!') >= 0
	steps := 0
	var walk func(fieldpath.Path, any)
	walk = func(at fieldpath.Path, value any) {
		// Aliases can make JSON large.
		if steps++; steps > 1000 {
			return
		}
		if _, fit := d.Value(at); fit == Missing || fit == Fallback {
			if !isRandom {
				t.Fatalf("Value(%s) is %d", at, fit)
			}
			return
		}
		switch value := value.(type) {
		case map[string]any:
			for name, v := range value {
				walk(at.Field(name), v)
			}
		case []any:
			for i, v := range value {
				walk(at.Index(i), v)
			}
		case string:
			_, fit := d.Within(at, false, value, 0, len(value))
			if site, _ := d.find(at); site.value.followed().value != value && !isRandom && !hasTags {
				t.Fatalf("%s is %q, and %q was found", at, value, site.value.followed().value)
			}
			if fit != Exact && fit != Alias && !isRandom && !hasTags {
				t.Fatalf("Within(%s, %q) is %d", at, value, fit)
			}
		}
	}
	walk(fieldpath.Path{}, value)
}

func textOf(d *Document, s Span) string {
	return string(d.lines.text[s.Start.Offset:s.End.Offset])
}
