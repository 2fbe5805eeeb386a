package source

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/fieldpath"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"one", "a: 1\n", []string{`{"a":1}`}},
		{"two", "a: 1\n---\nb: 2\n", []string{`{"a":1}`, `{"b":2}`}},
		{"separators around", "---\na: 1\n---\nb: 2\n---\n", []string{`{"a":1}`, `{"b":2}`}},
		{"no line end", "a: 1\n---\nb: 2", []string{`{"a":1}`, `{"b":2}`}},
		{"a separator at the end", "a: 1\n---", []string{`{"a":1}`}},
		{"empty ones are omitted", "# c\n---\n\n \t\n---\n# d\n---\na: 1\n---\n# e", []string{`{"a":1}`}},
		{"an empty one with a value is not", "a: 1\n---\nnull\n", []string{`{"a":1}`, `null`}},
		{"a comment behind the separator", "--- # c\na: 1\n---# d\nb: 2\n---   \nc: 3\n", []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		{"CRLF", "---\r\na: 1\r\n---\r\nb: 2\r\n", []string{`{"a":1}`, `{"b":2}`}},
		{"a byte order mark", "\ufeff---\na: 1\n", []string{`{"a":1}`}},
		{"a byte order mark in each", "\ufeffa: 1\n---\n\ufeffb: 2\n", []string{`{"a":1}`, `{"b":2}`}},
		{"a separator in a literal", "a: |\n  x\n  ---\n  y\n", []string{`{"a":"x\n---\ny\n"}`}},
		{"the end marker", "a: 1\n...\n# c\n---\nb: 2\n...\n", []string{`{"a":1}`, `{"b":2}`}},
		{"no end marker", "a: 1\n...x: 2\nb: ...\nc:\n  ...\n", []string{`{"...x":2,"a":1,"b":"...","c":"..."}`}},
		{"a literal at the end of the file", "a: |\n  x", []string{`{"a":"x\n"}`}},
		{"YAML 1.1", "a: [on, 010, 1_0, 12:30, ~]\non: 1\n", []string{`{"a":[true,8,10,"12:30",null],"true":1}`}},
		{"JSON", "{\"a\": 1.0}\n", []string{`{"a": 1.0}`}},
		{"JSON objects", "{\"a\": 1}{\"b\": 2}\n {\"c\": 3}\n---\n{\"d\": 4}", []string{`{"a": 1}`, `{"b": 2}`, `{"c": 3}`, `{"d": 4}`}},
		{"JSON behind YAML", "a: 1\n---\n{\"b\": [2, -0.5e1, true, false, null, {}, [], \"\"]}", []string{`{"a":1}`, `{"b": [2, -0.5e1, true, false, null, {}, [], ""]}`}},
		{"nearly JSON", "{\"a\": 1,}", []string{`{"a":1}`}},
		{"JSON with a tab in a string", "{\"a\": \"x\ty\"}", []string{`{"a":"x\ty"}`}},
		{"a comment in front of JSON", "# c\n{\"a\": 1}\n", []string{`{"a":1}`}},
		{"a list of JSON", "[{\"a\": 1}]\n", []string{`[{"a":1}]`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Parse([]byte(test.text))
			if len(f.Errors) > 0 {
				t.Error(f.Errors)
			}
			var got []string
			for _, d := range f.Documents {
				got = append(got, string(d.JSON()))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestParseLikeKubectl holds that documents are separated and converted as by the reader that
// kubectl uses.
func TestParseLikeKubectl(t *testing.T) {
	texts := []string{
		"a: 1\n---\nb: 2", "---\n---\na: |\n  x\n---", "a: |+\n  x\n\n---  \r\n\r\n--- #c\nb: >\r\n  x\r\n  y", "a: \"x\n  y\"\n---\r\nb: *a", "a: b: c\n---\nc: 1\n",
	}
	for _, test := range scalarCases {
		text, _ := unmarkOne(t, test.marked)
		if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, byteOrderMark) {
			texts = append(texts, text, strings.TrimRight(text, "\n"), "b: 1\n---\n"+text)
		}
	}
	for _, text := range texts {
		var want, got []string
		reader := kubeyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
		for {
			document, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			data, err := yaml.YAMLToJSON(document)
			if err == nil && string(data) != "null" {
				want = append(want, string(data))
			}
		}
		for _, d := range Parse([]byte(text)).Documents {
			got = append(got, string(d.JSON()))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// TestDeepJSON holds that depth is limited as in encoding/json.
func TestDeepJSON(t *testing.T) {
	for depth, want := range map[int]bool{maxJSONDepth: true, maxJSONDepth + 1: false} {
		text := []byte(`{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}")
		if _, ok := parseJSON(text, 0); ok != want || json.Valid(text) != want {
			t.Errorf("depth %d: %t, want %t as in encoding/json: %t", depth, ok, want, json.Valid(text))
		}
	}
}

func TestDocumentsBesideErrors(t *testing.T) {
	f := Parse([]byte("a: 1\n---\nb: c: d\n---\ne: 2\n--- f: 3\ng: 4\n---\nh: 5\n...\ni: 6\n---\nj: 7\n"))
	var documents []string
	var lines []int
	for _, d := range f.Documents {
		documents = append(documents, string(d.JSON()))
	}
	for _, e := range f.Errors {
		lines = append(lines, e.Position.Line)
	}
	if diff := cmp.Diff([]string{`{"a":1}`, `{"e":2}`, `{"h":5}`, `{"j":7}`}, documents); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(lines, []int{3, 6, 11}) {
		t.Errorf("errors in lines %v: %v", lines, f.Errors)
	}
}

func TestSpanOfDocument(t *testing.T) {
	text, places := unmark(t, "# c\n---\n⟦a: 1\n# d\n⟧---\n⟦b: 2\n⟧...\n")
	f := Parse([]byte(text))
	for i, d := range f.Documents {
		checkSpan(t, d.Span(), places[i])
	}
	text, want := unmarkOne(t, "⟦a: 1⟧")
	checkSpan(t, parseOne(t, text).Span(), want)
}

func TestLineText(t *testing.T) {
	f := Parse([]byte("\ufeffa: 1\r\n\né: \t2\n---\nb: 3"))
	for line, want := range []string{"", "a: 1", "", "é: \t2", "---", "b: 3", "", ""} {
		if got := f.LineText(line); got != want {
			t.Errorf("line %d is %q, want %q", line, got, want)
		}
		if got := f.Documents[1].LineText(line); got != want {
			t.Errorf("line %d of the document is %q, want %q", line, got, want)
		}
	}
	if f.LineText(-1) != "" {
		t.Error("there is no line -1")
	}
}

// TestPositions compares positions in long lines with those of a count from the beginning.
func TestPositions(t *testing.T) {
	text := "\ufeffé\n" + strings.Repeat("aé日😀\t", 700) + "\r\n" + strings.Repeat("é", charactersStep) + "\nx"
	l := newLines([]byte(text), len(text))
	for offset := len(byteOrderMark); offset <= len(text); offset++ {
		line, column := lineAndColumn(strings.ToValidUTF8(text[:offset], "?"))
		if got := l.position(offset); got != (Position{offset, line, column}) {
			t.Fatalf("offset %d: %+v, want line %d, column %d", offset, got, line, column)
		}
	}
}

// TestDocumentsAtOnce is for the race detector.
func TestDocumentsAtOnce(t *testing.T) {
	t.Parallel()
	f := Parse([]byte("a: &x b\nc: *x\n---\na: \"x\\n\"\n---\n{\"a\": 1}\n"))
	var group sync.WaitGroup
	for _, d := range f.Documents {
		group.Go(func() {
			d.Value(fieldpath.New("a"))
			d.Within(fieldpath.New("a"), false, "b", 0, 1)
			d.DuplicateKeys()
			d.Comments()
		})
	}
	group.Wait()
}
