package source

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/promgate/promgate/internal/fieldpath"
)

// scalarCases have the value at the path "a", in which the part is at the marked place. A line
// break at the end of a part is not in its place.
var scalarCases = []struct{ name, marked, part string }{
	{"plain", "a: sum(⟦foo⟧)\n", "foo"},
	{"plain, its end", "a: sum(foo⟦)⟧", ")"},
	{"plain, non-ASCII before", "a: é and ⟦日⟧本\n", "日"},
	{"plain, over two lines", "a: sum(foo)\n  / ⟦sum(bar⟧)\n", "sum(bar"},
	{"plain, the fold", "a: one  ⟦⟧\n   two\n", " "},
	{"plain, an empty line", "a: one\n\n  ⟦two⟧\n", "two"},
	{"plain, a line break kept", "a: one\n⟦⟧\n  two\n", "\n"},
	{"plain, a comment behind", "a: one ⟦two⟧ # two\n", "two"},
	{"plain, tabs", "a:\tone\t⟦two⟧\t# c\n", "two"},
	{"plain, on the next line", "a:\n  # two\n  one ⟦two⟧\n", "two"},
	{"plain, tag and anchor", "a: !!str &x ⟦one⟧\n", "one"},
	{"plain, anchor and tag on lines of their own", "a: &x\n  !!str\n  # one\n  ⟦one⟧\n", "one"},
	{"plain, a tag with a prefix", "a: !<tag:yaml.org,2002:str> ⟦one⟧\n", "one"},
	{"plain, in a flow", "{a: one ⟦two⟧, b: two}\n", "two"},
	{"plain, in a flow over two lines", "{a: one\n⟦two⟧, b: two}\n", "two"},
	{"plain, a hash and colons in it", "a: a#b::⟦c⟧:d\n", "c"},
	{"plain, CRLF", "b: 1\r\na: one\r\n  ⟦two⟧\r\n", "two"},
	{"plain, the fold with CRLF", "a: one⟦⟧\r\n  two\r\n", " "},
	{"plain, byte order mark", "\ufeffa: ⟦one⟧\n", "one"},
	{"plain, the line ends of YAML 1.1", "b: x\u0085a: one\u0085  ⟦two⟧\n", "two"},
	{"plain, a line separator is kept", "a: one⟦⟧\u2028  two\n", "\u2028"},
	{"plain, a lone carriage return", "b: x\ra: one ⟦two⟧\r", "two"},
	{"plain, a list's entry", "a: ⟦one⟧\nb:\n- one\n", "one"},
	{"plain, a date stays a text", "a: 2001-⟦03⟧-02\n", "03"},

	{"single-quoted", "a: 'one ⟦two⟧'\n", "two"},
	{"single-quoted, the quote", "a: 'it⟦''⟧s'\n", "'"},
	{"single-quoted, behind the quote", "a: 'it''⟦s⟧'\n", "s"},
	{"single-quoted, over lines", "a: 'one  \n\n\n   ⟦two⟧\n  '\n", "two"},
	{"single-quoted, its fold", "a: 'one ⟦⟧\n   two'\n", " "},
	{"single-quoted, a backslash", "a: 'one\\⟦t⟧'\n", "t"},
	{"single-quoted, blanks at its ends", "a: ' ⟦one⟧  '\n", "one"},
	{"single-quoted, CRLF", "a: 'one\r\n  ⟦two⟧'\r\n", "two"},
	{"single-quoted, on the next line", "a:\n  &x 'one ⟦two⟧'\n", "two"},

	{"double-quoted", "a: \"one ⟦two⟧\"\n", "two"},
	{"double-quoted, a line feed", "a: \"one⟦\\n⟧two\"\n", "\n"},
	{"double-quoted, behind a line feed", "a: \"one\\n⟦two⟧\"\n", "two"},
	{"double-quoted, a quote", "a: \"x=⟦\\\"⟧y\\\"\"\n", `"`},
	{"double-quoted, behind a quote", "a: \"x=\\\"⟦y⟧\\\"\"\n", "y"},
	{"double-quoted, a backslash", "a: \"x⟦\\\\⟧y\"\n", `\`},
	{"double-quoted, two hexadecimal digits", "a: \"x⟦\\x41⟧y\"\n", "A"},
	{"double-quoted, four", "a: \"x⟦\\u00e9⟧y\"\n", "é"},
	{"double-quoted, eight", "a: \"x⟦\\U0001F600⟧y\"\n", "😀"},
	{"double-quoted, escapes of one character", "a: \"\\0\\a\\b\\t\\v\\f\\r\\e\\ \\N\\_\\L\\P\\'⟦y⟧\"\n", "y"},
	{"double-quoted, an escaped tab", "a: \"x⟦\\\t⟧y\"\n", "\t"},
	{"double-quoted, an escaped line break", "a: \"one\\\n    ⟦two⟧\"\n", "two"},
	{"double-quoted, its part across an escaped line break", "a: \"o⟦ne\\\n    t⟧wo\"\n", "net"},
	{"double-quoted, in front of an escaped line break", "a: \"⟦one⟧\\\n    two\"\n", "one"},
	{"double-quoted, an empty line behind an escaped line break", "a: \"one\\\n⟦⟧\n    two\"\n", "\n"},
	{"double-quoted, an escaped blank begins a line", "a: \"one\\\n   ⟦\\ ⟧two\"\n", " "},
	{"double-quoted, folded", "a: \"one  \n   ⟦two⟧\"\n", "two"},
	{"double-quoted, folded with an empty line", "a: \"one\n⟦⟧\n   two\"\n", "\n"},
	{"double-quoted, CRLF", "a: \"one\\\r\n  two\r\n  ⟦three⟧\"\r\n", "three"},
	{"double-quoted, non-ASCII", "a: \"日本 ⟦é⟧\\n\"\n", "é"},
	{"double-quoted, the same text on the next line", "a: \"x\\n⟦foo⟧\"\nb: foo\n", "foo"},
	{"double-quoted, tag", "a: !!str \"one ⟦two⟧\"\n", "two"},
	{"double-quoted, a comment that looks the same", "a: \"\\u0066⟦oo⟧\" # foo\n", "oo"},

	{"literal", "a: |\n  one\n  ⟦two⟧\n", "two"},
	{"literal, a comment with the same text", "a: | # one two\n  one\n  ⟦two⟧\n", "two"},
	{"literal, a line break", "a: |\n  one⟦⟧\n  two\n", "\n"},
	{"literal, stripped", "a: |-\n  one\n  ⟦two⟧\n\n\n", "two"},
	{"literal, kept", "a: |+\n  ⟦one⟧\n\n\nb: 1\n", "one"},
	{"literal, the chomping indicator first", "a: |-2\n    one\n  ⟦two⟧\n", "two"},
	{"literal, indented by an indicator", "a: |2-\n   ⟦one⟧\n", "one"},
	{"literal, the blank behind the indentation", "a: |2\n  ⟦ ⟧one\n", " "},
	{"literal, deeper lines", "a: |\n  one\n    ⟦two⟧\n  three\n", "two"},
	{"literal, empty lines first", "a: |\n\n \n  ⟦one⟧\n", "one"},
	{"literal, empty lines between", "a: |\n  one\n\n \n  ⟦two⟧\n", "two"},
	{"literal, a line of blanks", "a: |\n  one\n    \n  ⟦two⟧\n", "two"},
	{"literal, a line of blanks that is content", "a: |\n  one\n  ⟦  ⟧\n  two\n", "  "},
	{"literal, a first line of blanks", "a: |1\n ⟦  ⟧\n x\n", "  "},
	{"literal, tabs", "a: |\t# c\n  one\n  \t\t⟦two⟧\n", "two"},
	{"literal, CRLF", "a: |\r\n  one\r\n  ⟦two⟧\r\n", "two"},
	{"literal, non-ASCII", "a: |\n  日本\n  é ⟦x⟧\n", "x"},
	{"literal, no line end at the end", "a: |\n  one\n  ⟦two⟧", "two"},
	{"literal, tag and anchor", "a: !!str &x |\n  ⟦one⟧\n", "one"},
	{"literal, a hash in it", "a: |\n  # ⟦one⟧\n", "one"},
	{"literal, dedented comment behind", "a: |\n  ⟦one⟧\n # one\nb: 1\n", "one"},
	{"literal, a line separator", "a: |\n  one\u2028  ⟦two⟧\n", "two"},

	{"folded", "a: >\n  one\n  ⟦two⟧\n", "two"},
	{"folded, the fold", "a: >\n  one⟦⟧\n  two\n", " "},
	{"folded, the part across it", "a: >\n  o⟦ne\n  t⟧wo\n", "ne t"},
	{"folded, empty lines", "a: >-\n  one\n⟦⟧\n  two\n", "\n"},
	{"folded, deeper lines are kept", "a: >\n  one\n    ⟦two⟧\n  three\n", "two"},
	{"folded, behind deeper lines", "a: >\n  one\n    two\n\n  ⟦three⟧\n", "three"},
	{"folded, indented by an indicator", "a: >2-\n    one\n  ⟦two⟧\n", "two"},
	{"folded, blanks at the end of a line", "a: >\n  one  \n  ⟦two⟧\n", "two"},
	{"folded, empty lines first", "a: >\n\n\n  one\n  ⟦two⟧\n", "two"},
	{"folded, a comment behind the indicator", "a: >- # one\n  ⟦one⟧\n", "one"},
	{"folded, CRLF", "a: >\r\n  one\r\n\r\n  ⟦two⟧\r\n", "two"},
	{"folded, a line that begins with a tab", "a: >\n  one\n  \ttwo\n  ⟦three⟧\n", "three"},
	{"folded, a line separator is kept", "a: >\n  one⟦⟧\u2028  two\n", "\u2028"},

	{"JSON", `{"a": "one ⟦two⟧"}`, "two"},
	{"JSON, escapes", `{"a": "\b\f\n\r\t\/\\\"⟦two⟧"}`, "two"},
	{"JSON, a slash", `{"a": "x⟦\/⟧y"}`, "/"},
	{"JSON, a surrogate pair", `{"a": "x⟦\ud83d\ude00⟧y"}`, "😀"},
	{"JSON, behind a surrogate pair", `{"a": "\ud83d\ude00⟦y⟧"}`, "y"},
	{"JSON, half a pair", `{"a": "x⟦\ud83d⟧y"}`, "\ufffd"},
	{"JSON, half a pair in front of another escape", `{"a": "\ud83d⟦\u0041⟧"}`, "A"},
	{"JSON, a line separator is a character", "{\"a\": \"x \u2028 ⟦y⟧\"}", "y"},
	{"JSON with tabs", "{\n\t\"b\": [1, true, null],\n\t\"a\": \"⟦y⟧\"\n}\n", "y"},
	{"not quite JSON", `{"a": "x⟦\t⟧y",}`, "\t"},
}

func TestWithinStyles(t *testing.T) {
	for _, test := range scalarCases {
		t.Run(test.name, func(t *testing.T) {
			text, want := unmarkOne(t, test.marked)
			d := parseOne(t, text)
			value := stringAt(t, d, "a")
			start := strings.Index(value, test.part)
			if start < 0 {
				t.Fatalf("%q has no %q", value, test.part)
			}
			span, fit := d.Within(fieldpath.New("a"), false, value, start, start+len(test.part))
			if fit != Exact {
				t.Fatalf("the fit is %d", fit)
			}
			checkSpan(t, span, want)
		})
	}
}

// stringAt returns a string of a document's JSON, by the name of a field.
func stringAt(t *testing.T, d *Document, name string) string {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(d.JSON(), &fields); err != nil {
		t.Fatal(err)
	}
	value, ok := fields[name].(string)
	if !ok {
		t.Fatalf("%s has no string %s", d.JSON(), name)
	}
	return value
}
