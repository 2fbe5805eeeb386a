package source

import (
	"fmt"
	"strings"
	"testing"
)

func TestDuplicateKeys(t *testing.T) {
	for _, test := range []struct {
		name string

		// marked has the first key and the one that repeats it, for each of want in turn.
		marked string
		want   []string
	}{
		{"none", "a: 1\nb: {a: 1}\n", nil},
		{"at the top", "⟦a⟧: 1\nb: 2\n⟦a⟧: 3\n", []string{" a"}},
		{"below", "a:\n- b: {⟦c⟧: 1, ⟦c⟧: 2}\n", []string{"a[0].b c"}},
		{"in other maps", "a: 1\nb:\n- a: 1\n- a: 1\n", nil},
		{"in other styles", "⟦a b⟧: 1\n⟦'a b'⟧: 2\n", []string{" a b"}},
		{"what becomes one", "⟦on⟧: 1\n⟦yes⟧: 2\n", []string{" true"}},
		{"a boolean and a text", "⟦on⟧: 1\n⟦\"true\"⟧: 2\n", []string{" true"}},
		{"a number and a text", "⟦1⟧: 1\n⟦'1'⟧: 2\n", []string{" 1"}},
		{"texts that only look alike", "'on': 1\n'yes': 2\n", nil},
		{"merge keys", "x: &x {a: 1}\ny: {<<: *x, <<: *x}\n", nil},
		{"a key that overrides a merged one", "x: &x {a: 1}\ny: {<<: *x, a: 2}\n", nil},
		{"a merged key that overrides", "x: &x {a: 1}\ny: {a: 2, <<: *x}\n", nil},
		{"beside merges", "x: &x {a: 1}\nz: {⟦a⟧: 2, <<: *x, ⟦a⟧: 3}\n", []string{"z a"}},
		{"in a merged map that is written there", "a: {<<: {⟦b⟧: 1, ⟦b⟧: 2}}\n", []string{"a b"}},
		{"an aliased map counts once", "a: &a {⟦b⟧: 1, ⟦b⟧: 2}\nc: *a\nd: *a\n", []string{"a b"}},
		{"an alias as a key", "x: &x a\n⟦a⟧: 1\n⟦*x⟧ : 2\n", []string{" a"}},
		{"JSON", `{"a": {⟦"b"⟧: 1, ⟦"\u0062"⟧: 2}}`, []string{"a b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, places := unmark(t, test.marked)
			got := parseOne(t, text).DuplicateKeys()
			if len(got) != len(test.want) {
				t.Fatalf("got %+v, want %q", got, test.want)
			}
			for i, key := range got {
				if s := fmt.Sprintf("%s %s", key.Map, key.Name); s != test.want[i] {
					t.Errorf("got %q, want %q", s, test.want[i])
				}
				checkSpan(t, key.First, places[2*i])
				checkSpan(t, key.Again, places[2*i+1])
			}
		})
	}
	text, places := unmark(t, "⟦a⟧: 1\n⟦a⟧: 2\n⟦a⟧: 3\n")
	got := parseOne(t, text).DuplicateKeys()
	if len(got) != 2 {
		t.Fatalf("got %+v for a key that is there three times", got)
	}
	checkSpan(t, got[1].First, places[0])
	checkSpan(t, got[1].Again, places[2])
}

func TestOverriddenKeys(t *testing.T) {
	for _, test := range []struct {
		name string

		// marked has the key and the merge key that overrides it, for each of want in turn.
		marked string
		want   []string
	}{
		{"after the key", "x: &x {a: 1}\nw: {⟦a⟧: 2, ⟦<<⟧: *x}\n", []string{"w a"}},
		{"before the key", "x: &x {a: 1}\nw: {<<: *x, a: 2}\n", nil},
		{"the same value", "x: &x {a: 1}\nw: {a: 1, <<: *x}\n", nil},
		{"a number and a text", "x: &x {a: 1}\nw: {⟦a⟧: '1', ⟦<<⟧: *x}\n", []string{"w a"}},
		{"another key", "x: &x {a: 1}\nw: {b: 2, <<: *x}\n", nil},
		{"a list of maps", "x: &x {a: 1}\nz: &z {b: 1}\nw:\n- {⟦b⟧: 2, ⟦<<⟧: [*x, *z]}\n", []string{"w[0] b"}},
		{"a merged map that merges", "x: &x {a: 1}\nz: &z {<<: *x}\nw: {⟦a⟧: 2, ⟦<<⟧: *z}\n", []string{"w a"}},
		{"a map that is written there", "w: {⟦a⟧: 2, ⟦<<⟧: {a: 1}}\n", []string{"w a"}},
		{"set again", "x: &x {a: 1}\nw: {a: 2, <<: *x, a: 3}\n", nil},
		{"quoted", "x: &x {a: 1}\nw: {a: 2, '<<': *x}\n", nil},
		{"JSON", `{"x": {"a": 1, "<<": {"a": 2}}}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, places := unmark(t, test.marked)
			document := parseOne(t, text)
			got := document.OverriddenKeys()
			if len(got) != len(test.want) {
				t.Fatalf("got %+v, want %q; JSON: %s", got, test.want, document.JSON())
			}
			for i, key := range got {
				if s := fmt.Sprintf("%s %s", key.Map, key.Name); s != test.want[i] {
					t.Errorf("got %q, want %q", s, test.want[i])
				}
				checkSpan(t, key.Key, places[2*i])
				checkSpan(t, key.Merge, places[2*i+1])
				if strings.Contains(string(document.JSON()), `"a":2`) {
					t.Errorf("the key is not overridden: %s", document.JSON())
				}
			}
		})
	}
}

func TestOddKeys(t *testing.T) {
	for _, test := range []struct {
		name, marked string
		want         []string
	}{
		{"none", "a: on\n'on': 1\n\"yes\": 2\ntrue: 1\n8080: 2\n", nil},
		{"booleans", "a:\n  ⟦on⟧: 1\n  ⟦n⟧: 2\n  ⟦YES⟧: 3\n  ⟦True⟧ : 4\n", []string{"a on true", "a n false", "a YES true", "a True true"}},
		{"in a flow", "a: [{⟦y⟧: 1}]\n", []string{"a[0] y true"}},
		{"numbers", "⟦010⟧: 1\n⟦1_0⟧: 2\n⟦0x1F⟧: 3\n⟦1.50⟧: 4\n⟦-.Inf⟧: 5\n⟦1e3⟧: 6\n", []string{" 010 8", " 1_0 10", " 0x1F 31", " 1.50 1.5", " -.Inf -.inf", " 1e3 1000"}},
		{"words that only begin so", "one: 1\nyesterday: 2\n-x: 3\n1h: 4\n+: 5\n.: 6\n", nil},
		{"dates stay", "2001-01-01: 1\n", nil},
		{"an explicit key", "? ⟦on⟧\n: 1\n", []string{" on true"}},
		{"an explicit key on a line of its own", "?\n  ⟦off⟧\n: 1\n", []string{" off false"}},
		{"a tag that makes it a text", "!!str on: 1\n", nil},
		{"a tag that makes it a number", "!!float \"1\": 1\n!<tag:yaml.org,2002:float> ⟦'2.0'⟧: 1\n", []string{" 2.0 2"}},
		{"a tag that makes it plain", "! ⟦'on'⟧: 1\n", []string{" on true"}},
		{"a tag of the user's own", "!x on: 1\n", nil},
		{"an anchor", "&x ⟦on⟧: 1\n", []string{" on true"}},
		{"an alias", "a: &x on\n⟦*x⟧ : 1\n", []string{" on true"}},
		{"an alias of a text", "a: &x 'on'\n*x : 1\n", nil},
		{"merge keys", "a: &a {b: 1}\nc: {<<: *a}\n", nil},
		{"a merged map counts once", "a: &a {⟦on⟧: 1}\nc: {<<: *a}\nd: *a\n", []string{"a on true"}},
		{"CRLF", "⟦on⟧:\r\n  b: 1\r\n", []string{" on true"}},
		{"at the end of the file", "a: 1\n⟦on⟧:", []string{" on true"}},
		{"JSON", `{"on": 1}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, places := unmark(t, test.marked)
			got := parseOne(t, text).OddKeys()
			if len(got) != len(test.want) {
				t.Fatalf("got %+v, want %q", got, test.want)
			}
			for i, key := range got {
				if s := fmt.Sprintf("%s %s %s", key.Map, key.Written, key.JSON); s != test.want[i] {
					t.Errorf("got %q, want %q", s, test.want[i])
				}
				checkSpan(t, key.Span, places[i])
			}
		})
	}
}

// TestMayHaveOddKeys holds that documents without such keys are not read a second time.
func TestMayHaveOddKeys(t *testing.T) {
	text := "spec:\n  groups:\n  - name: on\n    rules:\n    - alert: A # on\n      expr: sum(rate(a:b:c{x!=\"y\"}[5m])) > 0.5 and on() b\n" +
		"      annotations: {summary: \"at http://x:8080/: {{ $value }} since 12:30\"}\n      for: 5m\n"
	if mayHaveOddKeys([]byte(text)) {
		t.Error("a usual rule may have odd keys")
	}
	d := parseOne(t, text)
	if d.DuplicateKeys(); d.OddKeys() != nil || d.Comments() == nil {
		t.Error("odd keys, or no comments")
	}
	d = parseOne(t, text)
	d.DuplicateKeys()
	d.OddKeys()
	if d.tree != nil {
		t.Error("the tree was read")
	}
}
