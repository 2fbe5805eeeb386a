package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/promgate/promgate/internal/fieldpath"
)

func TestValueAndKey(t *testing.T) {
	for _, test := range []struct {
		name, path string

		// marked has the key first, then the value. An entry of a list has no key.
		marked string
	}{
		{"a field", "a.b", "a:\n  ⟦b⟧: ⟦c d⟧ # e\n"},
		{"a map", "a", "⟦a⟧:\n  ⟦b: 1\n  c: 2⟧\nd: 3\n"},
		{"a list", "a", "⟦a⟧:\n  ⟦- b\n  -   c⟧\nd: 3\n"},
		{"a list that is not indented", "a", "⟦a⟧:\n⟦- b\n- c⟧\nd: 3\n"},
		{"an entry that is a map", "a[1]", "a:\n- b: 1\n- ⟦b: 2\n  c: 3⟧\n"},
		{"an entry that is a list", "a[0][1]", "a:\n- - b\n  - ⟦c⟧\n"},
		{"a field of an entry", "a[1].c", "a:\n- b: 1\n- b: 2\n  ⟦c⟧: ⟦3⟧\n"},
		{"quotes belong to both", "a b", "⟦'a b'⟧: ⟦\"c\"⟧\n"},
		{"a literal begins at its indicator", "a", "⟦a⟧: ⟦|- # c\n  b\n  c⟧\n\nd: 1\n"},
		{"a literal without content", "a", "⟦a⟧: ⟦|-⟧ # c\n\nd: 1\n"},
		{"a literal of line breaks", "a", "⟦a⟧: ⟦|+\n\n⟧\nd: 1\n"},
		{"an empty value", "a", "⟦a⟧:⟦⟧ # c\nb: 1\n"},
		{"an empty value at the end", "a", "⟦a⟧:⟦⟧"},
		{"an empty entry", "a[0]", "a:\n-⟦⟧ # c\n- b\n"},
		{"an empty value with an anchor", "a", "⟦a⟧: &x⟦⟧ # c\n&y b: 1\n"},
		{"an empty value with an anchor in front of a tag", "a", "⟦a⟧: &x⟦⟧\n!!str b: 1\n"},
		{"an empty value with a tag", "a", "⟦a⟧: !!null⟦⟧\n!!str b: 1\n"},
		{"an empty text", "a", "⟦a⟧: ⟦''⟧\n"},
		{"a tag and an anchor are not the value", "a", "⟦a⟧: &x !!map\n  # c\n  ⟦b: 1⟧\n"},
		{"an anchor of a list", "a", "⟦a⟧: &x\n⟦- 1\n- 2⟧\n"},
		{"a tag of the first key", "a", "a1: 1\n!!str ⟦a⟧: ⟦b⟧\n"},
		{"a tag of the first key of a map", "a", "⟦a⟧:\n  ⟦!!str b: 1⟧\n"},
		{"an anchor of the first key of a map", "a", "⟦a⟧:\n  ⟦&x b: 1⟧\n"},
		{"a flow", "a", "⟦a⟧: ⟦{b: 1, c: [2], # }\n  }⟧ # c\n"},
		{"a flow in a flow", "a.b", "a: {⟦b⟧: ⟦[1, {c: 2}, [ ] ]⟧}\n"},
		{"an empty flow", "a", "⟦a⟧: ⟦{ # }\n  }⟧\n"},
		{"a value in a flow", "a[0].b", "a: [{⟦b⟧: ⟦c d⟧ }, e]\n"},
		{"a pair in a list", "a[0].b", "a: [⟦b⟧: ⟦c⟧, d]\n"},
		{"a pair in a list as a whole", "a[0]", "a: [⟦b: c⟧, {d: e}]\n"},
		{"a key without a value in a flow", "a.b", "a: {⟦b⟧⟦⟧, c}\n"},
		{"a value without a space", "a.b", "a: {⟦\"b\"⟧:⟦1⟧}\n"},
		{"an explicit key", "a", "? ⟦a⟧\n: ⟦b⟧\n"},
		{"an explicit key without a value", "a", "? ⟦a⟧⟦⟧\n? b\n"},
		{"an explicit key in front of one that begins with a colon", "a", "? ⟦a⟧⟦⟧\n:b: 1\n"},
		{"an explicit key in front of one that looks like a flow", "a", "? ⟦a⟧⟦⟧\n:]b: 1\n"},
		{"an empty value in a flow", "a.b", "a: {⟦\"b\"⟧:⟦⟧}\n"},
		{"a literal as a key", "a\n", "? ⟦|\n  a⟧\n: ⟦b⟧\n"},
		{"on", "true", "⟦on⟧: ⟦b⟧\n"},
		{"on, as it is written", "on", "⟦on⟧: ⟦b⟧\n"},
		{"on in quotes", "on", "true: 1\n⟦'on'⟧: ⟦b⟧\n"},
		{"a number", "8", "⟦010⟧: ⟦b⟧\n"},
		{"a number with a decimal point", "1", "⟦1.0⟧: ⟦b⟧\n"},
		{"a key with a tag", "1", "!!int ⟦\"1\"⟧: ⟦b⟧\n"},
		{"a key that stays a text by its tag", "on", "!!str ⟦on⟧: ⟦b⟧\n"},
		{"a quoted key that is read like a plain one", "true", "! ⟦\"on\"⟧: ⟦b⟧\n"},
		{"a key of a user's map", "a.labels[app.io/x]", "a:\n  labels:\n    ⟦app.io/x⟧: ⟦y⟧\n"},
		{"the last of two keys", "a", "a: 1\n⟦a⟧: ⟦2⟧\n"},
		{"the last of two keys under different names", "true", "on: 1\n⟦yes⟧: ⟦2⟧\n"},
		{"a key behind a merge", "a", "x: &x {a: 1}\ny: 1\n⟦a⟧: ⟦b⟧\n"},
		{"a merged map that is written there", "a", "<<: {⟦a⟧: ⟦b⟧}\n"},
		{"the first of merged maps", "a", "<<: [{b: 1}, {⟦a⟧: ⟦1⟧}, {a: 2}]\n"},
		{"a key in quotes that only looks like a merge", "<<", "⟦'<<'⟧: ⟦{a: 1}⟧\n"},
		{"CRLF", "a.b", "a:\r\n  ⟦b⟧: ⟦c⟧\r\n"},
		{"a byte order mark in the middle of the file", "a", "---\n\ufeff⟦a⟧: ⟦b⟧\n"},
		{"non-ASCII", "é.日", "é: {x: ü, ⟦日⟧: ⟦本⟧}\n"},
		{"JSON", "a.b[1]", "{\"a\": {\"b\": [1, ⟦{\"c\": null}⟧]}}"},
		{"JSON, a key with an escape", "a/b", `{⟦"a\/b"⟧ : ⟦1⟧}`},
		{"JSON, a number", "a", `{⟦"a"⟧:⟦-1.5e3⟧}`},
		{"a document that is a list", "[1].a", "- b\n- ⟦a⟧: ⟦c⟧\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, places := unmark(t, test.marked)
			d := parseOne(t, text)
			p := parsePath(test.path)
			value, fit := d.Value(p)
			if fit != Exact {
				t.Fatalf("the fit of the value is %d", fit)
			}
			checkSpan(t, value, places[len(places)-1])
			key, fit := d.Key(p)
			if fit != Exact {
				t.Fatalf("the fit of the key is %d", fit)
			}
			checkSpan(t, key, places[0])
		})
	}
}

func TestDocumentAsValue(t *testing.T) {
	text, want := unmarkOne(t, "# c\n⟦a: 1\nb: 2⟧\n# d\n")
	d := parseOne(t, text)
	for _, locate := range []func(fieldpath.Path) (Span, Fit){d.Value, d.Key} {
		span, fit := locate(fieldpath.Path{})
		if fit != Exact {
			t.Errorf("the fit is %d", fit)
		}
		checkSpan(t, span, want)
	}
}

func TestMissing(t *testing.T) {
	for _, test := range []struct{ name, path, marked string }{
		{"the key above", "a.b.c.d", "a:\n  ⟦b⟧: 1\n"},
		{"the key above a map", "a.x", "⟦a⟧:\n  b: 1\n"},
		{"the entry above", "a[1].x", "a:\n- b: 1\n- ⟦b: 2\n  c: 3⟧\n"},
		{"the key of a list", "a[2]", "⟦a⟧: [1, 2]\n"},
		{"no such entry", "a[-1]", "⟦a⟧: [1, 2]\n"},
		{"an entry of a map", "a[0]", "⟦a⟧: {b: 1}\n"},
		{"a field of a list", "a.b", "⟦a⟧: [b]\n"},
		{"the first key", "x.y", "# c\n⟦a⟧: 1\n"},
		{"the document", "x", "⟦text⟧\n"},
		{"the key of an alias", "b.x", "a: &a {c: 1}\n⟦b⟧: *a\n"},
		{"the alias above", "b.c.x", "a: &a {c: 1}\nb: ⟦*a⟧\n"},
		{"the merged map above", "b.c.x", "a: &a {c: {d: 1}}\nb:\n  <<: ⟦*a⟧\n"},
		{"another name of a merge", "b.<<", "a: &a {c: 1}\n⟦b⟧: {<<: *a}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, want := unmarkOne(t, test.marked)
			d := parseOne(t, text)
			p := parsePath(test.path)
			for _, locate := range []func(fieldpath.Path) (Span, Fit){
				d.Value, d.Key,
				func(p fieldpath.Path) (Span, Fit) { return d.Within(p, false, "b", 0, 1) },
				func(p fieldpath.Path) (Span, Fit) { return d.Within(p, true, "b", 0, 1) },
			} {
				span, fit := locate(p)
				if fit != Missing {
					t.Errorf("the fit is %d", fit)
				}
				checkSpan(t, span, want)
			}
		})
	}
	if _, fit := parseOne(t, "a: 1").Value(fieldpath.Into("Prometheus").Field("a")); fit != Missing {
		t.Errorf("a path into another object fits: %d", fit)
	}
}

func TestAliases(t *testing.T) {
	for _, test := range []struct{ name, path, text, marked string }{
		{"a value", "b", "x", "a: &a x\nb: ⟦*a⟧\n"},
		{"a field of one", "b.c", "x", "a: &a {c: x}\nb: ⟦*a⟧ # d\n"},
		{"an entry of one", "b[1].c[0]", "x", "a: &a [1, {c: [x]}]\nb: ⟦*a⟧\n"},
		{"the outer one of two", "b.c", "x", "x: &x x\na: &a {c: *x}\nb: ⟦*a⟧\n"},
		{"merged", "b.c", "x", "a: &a {c: x}\nb:\n  <<: ⟦*a⟧\n  d: 1\n"},
		{"merged by a merged map", "b.c", "x", "x: &x {c: x}\na: &a {<<: *x}\nb: {<<: ⟦*a⟧}\n"},
		{"merged in an inline map", "b.c", "x", "a: &a {c: x}\nb: {<<: {<<: ⟦*a⟧}}\n"},
		{"merged from a list", "b.c", "x", "a: &a {d: 1}\ne: &e {c: x}\nf: &f {c: y}\nb: {<<: [*a, ⟦*e⟧, *f]}\n"},
		{"a merge behind the key overrides it", "b.c", "x", "a: &a {c: x}\nb: {c: y, <<: ⟦*a⟧}\n"},
		{"the last of two merges", "b.c", "x", "a: &a {c: y}\ne: &e {c: x}\nb: {<<: *a, <<: ⟦*e⟧}\n"},
		{"the anchor before", "b", "y", "a: &a x\nc: &a y\nb: ⟦*a⟧\nd: &a z\n"},
		{"JSON's name of a merged key", "b.true", "x", "a: &a {on: x}\nb: {<<: ⟦*a⟧}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, want := unmarkOne(t, test.marked)
			d := parseOne(t, text)
			p := parsePath(test.path)
			span, fit := d.Value(p)
			if fit != Alias {
				t.Errorf("the fit of the value is %d", fit)
			}
			checkSpan(t, span, want)
			span, fit = d.Within(p, false, test.text, 0, 1)
			if fit != Alias {
				t.Errorf("the fit of the part is %d", fit)
			}
			checkSpan(t, span, want)
			if at, _ := d.find(p); at.value.followed().value != test.text {
				t.Errorf("found %q, want %q", at.value.followed().value, test.text)
			}
		})
	}
}

func TestKeysOfAliases(t *testing.T) {
	for _, test := range []struct {
		name, path, marked string
		fit                Fit
	}{
		{"the value is an alias", "b", "a: &a x\n⟦b⟧: *a\n", Exact},
		{"the key is in an aliased map", "b.c", "a: &a {c: x}\nb: ⟦*a⟧\n", Alias},
		{"the key is merged", "b.c", "a: &a {c: x}\nb: {<<: ⟦*a⟧}\n", Alias},
		{"the key is an alias", "b.x", "a: &a x\nb: {⟦*a⟧ : 1}\n", Exact},
		{"the anchor is that of a key", "c.b", "&a b: 1\nc: {⟦*a⟧ : 1}\n", Exact},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, want := unmarkOne(t, test.marked)
			span, fit := parseOne(t, text).Key(parsePath(test.path))
			if fit != test.fit {
				t.Errorf("the fit is %d, want %d", fit, test.fit)
			}
			checkSpan(t, span, want)
		})
	}
	d := parseOne(t, "a: &a xy\nb: {*a : 1}\n")
	if _, fit := d.Within(parsePath("b.xy"), true, "xy", 0, 1); fit != Alias {
		t.Errorf("the fit within a key that is an alias is %d", fit)
	}
}

func TestWithinKey(t *testing.T) {
	text, want := unmarkOne(t, "a:\n  x: 1\n  \"b\\u002D⟦c⟧\": d\n")
	span, fit := parseOne(t, text).Within(parsePath("a[b-c]"), true, "b-c", 2, 3)
	if fit != Exact {
		t.Errorf("the fit is %d", fit)
	}
	checkSpan(t, span, want)
}

func TestWithinFallback(t *testing.T) {
	for _, test := range []struct {
		name, path, text, marked string
		isKey                    bool
	}{
		{"another text", "a", "c", "a: ⟦b⟧\n", false},
		{"a value that is no text", "a", "true", "a: ⟦on⟧\n", false},
		{"a map", "a", "x", "a: ⟦{b: 1}⟧\n", false},
		{"a key that is no text", "a.true", "true", "a:\n  ⟦on⟧: 1\n", true},
		{"an entry has no key", "a[0]", "x", "a: [⟦b⟧]\n", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, want := unmarkOne(t, test.marked)
			span, fit := parseOne(t, text).Within(parsePath(test.path), test.isKey, test.text, 0, 1)
			if fit != Fallback {
				t.Errorf("the fit is %d", fit)
			}
			checkSpan(t, span, want)
		})
	}
	// No text is known that the libraries read and the decoders do not.
	d := parseOne(t, "a: b\n")
	d.root().children[1].style = doubleQuoted
	if span, fit := d.Within(parsePath("a"), false, "b", 0, 1); fit != Fallback || span.Start.Offset != 3 {
		t.Errorf("a scalar that is not decoded: %+v, %d", span, fit)
	}
}

func TestWithinPoints(t *testing.T) {
	for _, test := range []struct {
		name, marked string
		start, end   int
	}{
		{"at the beginning", "a: ⟦⟧one\n", 0, 0},
		{"in between", "a: o⟦⟧ne\n", 1, 1},
		{"the end is before the start", "a: o⟦⟧ne\n", 1, 0},
		{"at the end", "a: one⟦⟧ # c\n", 3, 3},
		{"beyond the end", "a: one⟦⟧ # c\n", 9, 12},
		{"before the beginning", "a: ⟦o⟧ne\n", -3, 1},
		{"in a character", "a: ⟦é⟧one\n", 1, 2},
		{"a part of a character", "a: x⟦é⟧one\n", 1, 2},
		{"at the end of a quoted text", "a: \"one⟦⟧\"\n", 3, 3},
		{"in an empty text", "a: \"⟦⟧\"\n", 0, 0},
		{"at the end of a literal", "a: |\n  one⟦⟧\nb: 1\n", 4, 4},
		{"the last line break of a literal", "a: |\n  one⟦⟧\nb: 1\n", 3, 4},
		{"at the end of a kept literal", "a: |+\n  one⟦⟧\n\n\nb: 1\n", 6, 6},
		{"at the end of a literal with a line break too few", "a: |-\n  one⟦⟧", 3, 3},
		{"at the end of a text with an escaped line feed", "a: \"one\\n⟦⟧\"\n", 4, 4},
		{"a part that ends with line breaks", "a: |\n  o⟦ne⟧\n\n  two\n", 1, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, want := unmarkOne(t, test.marked)
			d := parseOne(t, text)
			span, fit := d.Within(fieldpath.New("a"), false, stringAt(t, d, "a"), test.start, test.end)
			if fit != Exact {
				t.Errorf("the fit is %d", fit)
			}
			checkSpan(t, span, want)
		})
	}
}

// TestMergedTwice holds that a name that is not there is searched once in each map.
func TestMergedTwice(t *testing.T) {
	merges := func(n *node) *node {
		list := &node{kind: sequence, children: []*node{{kind: alias, target: n}, {kind: alias, target: n}}}
		return &node{kind: mapping, children: []*node{{isMerge: true, value: "<<", name: "<<"}, list}}
	}
	n := &node{kind: mapping}
	for range 64 {
		n = merges(n)
	}
	if _, ok := n.entry("x", nil, nil); ok {
		t.Error("found")
	}
	// A map that merges itself is refused by the converter.
	n.children[1].children[1].target = n
	if _, ok := n.entry("x", nil, nil); ok {
		t.Error("found in itself")
	}
}

func TestLargeMap(t *testing.T) {
	var b strings.Builder
	b.WriteString("x: &x {merged: 1, k3: 1, k70: 1}\nm:\n")
	for i := range 100 {
		if i == 50 {
			b.WriteString("  <<: *x\n")
		}
		fmt.Fprintf(&b, "  k%d: v%d\n", i%95, i)
	}
	b.WriteString("  on: 1\n")
	d := parseOne(t, b.String())
	for path, want := range map[string]string{"m.k2": "v97", "m.k60": "v60", "m.merged": "1", "m.k3": "v98", "m.k70": "v70", "m.true": "1", "m.on": "1"} {
		at, ok := d.find(parsePath(path))
		if !ok || at.value.followed().value != want {
			t.Errorf("%s is %+v, want %s", path, at.value, want)
		}
	}
	if _, fit := d.Value(parsePath("m.k95")); fit != Missing {
		t.Errorf("the fit of a key that is not there is %d", fit)
	}
	if _, fit := d.Value(parsePath("m.merged")); fit != Alias {
		t.Errorf("the fit of a merged key is %d", fit)
	}
}
