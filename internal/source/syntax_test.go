package source

import (
	"strings"
	"testing"
)

func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct {
		name string

		// marked has the place of the error as an empty pair of brackets; message is a part of its
		// text.
		marked, message string
	}{
		{"a colon in a plain value", "a: b\nc: d⟦⟧: e\n", `": " is not allowed here`},
		{"in the first line", "a: b⟦⟧: c\n", `": " is not allowed here`},
		{"in a later document", "a: 1\n---\nb: 1\nc: d⟦⟧: e\n", `": " is not allowed here`},
		{"non-ASCII in front", "é: 日⟦⟧: e\n", `": " is not allowed here`},
		{"a key that is indented too little", "a:\n    b: 1\n  ⟦⟧c: 2\n", "expected a key here"},
		{"text behind quotes", "a:\n  b: 1\n  c: \"x\" ⟦⟧y\n", "expected a key here"},
		{"a quote in single quotes", "a:\n  b: 'it'⟦⟧s'\n", "expected a key here"},
		{"a list that is indented too little", "a:\n    - 1\n  ⟦⟧- 2\n", "expected a key here"},
		{"a key behind a list", "- a\n⟦⟧b: 1\n", `expected "-" here`},
		{"a line without a colon", "a: 1\n⟦⟧b\nc: 1\n", `expected "key: value" on this line`},
		{"a line without a colon in a list", "a:\n- b: 1\n- c: 2\n  ⟦⟧d\n  e: 1\n", `expected "key: value" on this line`},
		{"an open quote", "a: 1\nb:\n  - c: ⟦⟧\"x\n    d: 1\n", "quote is not closed"},
		{"an open quote behind closed ones", "a: 1\nb: {'c''d': \"x\\\"\", e: ⟦⟧'it\n", "quote is not closed"},
		{"an open quote at the end marker", "a: ⟦⟧\"x\n---\nb: 1\n", "quote is not closed"},
		{"an open quote in the first line", "\"a\": ⟦⟧'x\n", "quote is not closed"},
		{"an open bracket", "a: [1, 2\n⟦⟧b: 3\n", `expected "," or "]"`},
		{"an open brace", "a: {b: 1\n⟦⟧c: 3\n", `expected "," or "}"`},
		{"a bracket too many", "a: 1\nb: ⟦⟧]\n", "expected a value here"},
		{"a tab", "a:\n⟦⟧\tb: 1\n", "cannot begin with this character"},
		{"a tab in a literal", "a: |\n  x\nb: |\n⟦⟧\tx\n", "indented with a tab"},
		{"an at sign", "a: 1\nb: ⟦⟧@x\n", "cannot begin with this character"},
		{"a backquote", "a: ⟦⟧`x`\n", "cannot begin with this character"},
		{"a per cent sign", "a: ⟦⟧%x\n", "cannot begin with this character"},
		{"an unknown escape", "a: 1\nb: \"x⟦⟧\\d+\"\n", "the escape is unknown"},
		{"too few digits", "a: \"x⟦⟧\\u12\"\n", "too few hexadecimal digits"},
		{"half a pair of surrogates", "a: \"x⟦⟧\\ud83d\"\n", "not a character"},
		{"a text behind an indicator", "a: |⟦⟧x\n", "begin the text on the next line"},
		{"a list behind a key", "a: ⟦⟧- b\n", "begin the list on the next line"},
		{"an unknown alias", "a: &xyz 1\nb: *xyz\nc: rate(*xy\nd: \"*xyz *xy\"\ne: ⟦⟧*xy\nf: *xy\n", "no anchor &xy"},
		{"an unknown alias, behind one that begins alike", "a: &xyz 1\nb: *xyz\nc: ⟦⟧*xy\n", "no anchor &xy"},
		{"an alias before its anchor", "a: ⟦⟧*x\nb: &x 1\nc: *x\n", "no anchor &x"},
		{"a glob", "a: ⟦⟧*\n", `expected a name after "*"`},
		{"an alias of what it is in", "a: &x\n  b: [1, ⟦⟧*x]\n", "a value that contains it"},
		{"a tag with an unknown prefix", "a: ⟦⟧!x!y z\n", "prefix of the tag is unknown"},
		{"a template", "a: 1\nb: {⟦⟧{ .Values.x }}\n", "the key is a map or a list"},
		{"a template as a line", "a: 1\n⟦⟧{{- if .Values.x }}\nb: 1\n", `expected "key: value" on this line`},
		{"a list as a key", "? ⟦⟧[a]\n: b\n", "the key is a map or a list"},
		{"an alias of a map as a key", "a: &x {b: 1}\nc: {⟦⟧*x : 1}\n", "the key is a map or a list"},
		{"null as a key", "a: 1\nb:\n  ⟦⟧null: 1\n", "the key is not a string"},
		{"an empty key", "a: {? ⟦⟧: 1}\n", "the key is not a string"},
		{"a merge of a text", "a: 1\n⟦⟧<<: x\n", `the merge key "<<" is not a map`},
		{"a merge of a list of texts", "a: 1\n⟦⟧<<: [{b: 1}, x]\n", `the merge key "<<" is not a map`},
		{"infinity", "a: [1, 2.5, ⟦⟧-.inf]\n", "JSON has no such number"},
		{"no number", "a: {b: ⟦⟧.nan}\n", "JSON has no such number"},
		{"a tag that does not fit", "a: ⟦⟧!!int x\n", "cannot decode !!str `x` as a !!int"},
		{"a tag that does not fit a key", "a: 1\n⟦⟧!!int x: 1\n", "cannot decode !!str `x` as a !!int"},
		{"base64", "a: ⟦⟧!!binary x\n", "not base64"},
		{"a control character", "a: 1\nb: x⟦⟧\x01\n", "control character"},
		{"a delete character", "a: 1\nb: é⟦⟧\x7f\n", "control character"},
		{"not UTF-8", "a: 1\nb: é⟦⟧\xff\n", "not valid UTF-8"},
		{"text behind the document", "  a: 1\n⟦⟧b: 2\n", "the document ends before this text"},
		{"text behind a flow", "{a: 1}\n⟦⟧b: 2\n", "the document ends before this text"},
		{"text behind a text", "a # c\n⟦⟧b\n", "the document ends before this text"},
		{"a separator behind a lone carriage return", "⟦⟧a: 1\r---\rb: 2\n", "the document ends before this text"},
		{"text behind the separator", "a: 1\n--- ⟦⟧b: 2\n", "begin the document on the next line"},
		{"a line that begins like a separator", "a: 1\n---⟦⟧--BEGIN\n", "begin the document on the next line"},
		{"text behind the end marker", "a: 1\n... # c\n# d\n  ⟦⟧b: 2\n", `begin a new document with "---"`},
		{"a directive", "# c\n⟦⟧%YAML 1.2\n---\na: 1\n", "does not support YAML directives"},
		{"UTF-16", "⟦⟧\xff\xfea\x00:\x00", "save it as UTF-8"},
		{"JSON", "{\n  \"a\": [1,\n   2\n  \"b\"⟦⟧: 3\n}\n", `expected "," or "]"`},
		{"JSON objects with rubbish", "{\"a\": 1} {⟦⟧\"b\": 2} x\n", "the document ends before this text"},
		{"a line end of YAML 1.1 before", "a: 1\u2028b: c⟦⟧: d\n", `": " is not allowed here`},
		{"CRLF", "a: 1\r\nb: c⟦⟧: d\r\n", `": " is not allowed here`},
		{"a byte order mark", "\ufeffa: c⟦⟧: d\r\n", `": " is not allowed here`},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, want := unmarkOne(t, test.marked)
			f := Parse([]byte(text))
			if len(f.Errors) != 1 {
				t.Fatalf("errors %v", f.Errors)
			}
			e := f.Errors[0]
			checkSpan(t, Span{e.Position, e.Position}, want)
			if !strings.Contains(e.Message, test.message) {
				t.Errorf("got %q, want %q", e.Message, test.message)
			}
			if !strings.HasSuffix(e.Error(), ": "+e.Message) || !strings.HasPrefix(e.Error(), "line ") {
				t.Errorf("Error() is %q", e.Error())
			}
		})
	}
}
