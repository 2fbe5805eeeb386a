package source

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// checkContent holds the content of a document against what kubectl sends for its text, and what the API
// server reads of that.
func checkContent(t *testing.T, d *Document) {
	t.Helper()
	if d.isJSON {
		return
	}
	data, err := yaml.YAMLToJSON(d.Text())
	if err != nil {
		t.Fatalf("%q: %v", d.Text(), err)
	}
	var want any
	wantErr := kjson.UnmarshalCaseSensitivePreserveInts(data, &want)
	for range 2 { // the second is made anew
		got, err := d.Content()
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: error %v, want %v", d.Text(), err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Fatalf("%q (-want +got):\n%s", d.Text(), diff)
		}
	}
}

func TestContent(t *testing.T) {
	for name, text := range map[string]string{
		"Texts":     "a: b\nc: 'd'\ne: |\n  f\n",
		"Numbers":   "a: 1\nb: -0x1f\nc: 010\nd: 1_000\ne: 9223372036854775808\nf: 0b11\n",
		"Fractions": "a: 1.0\nb: 1e3\nc: 1.5\n",
		"Booleans":  "a: on\nb: No\nc: true\nd: y\n",
		"Null":      "a: ~\nb:\nc: null\n",
		"Keys":      "1: a\non: b\n1.5: c\n",
		"Times":     "a: 2001-12-14\nb: !!timestamp 2001-12-14\n",
		"Binary":    "a: !!binary gIGC\nb: !!binary aGVsbG8=\n",
		"Merge":     "x: &x {a: 1}\ny:\n  <<: *x\n  b: 2\n",
		"Alias":     "x: &x [a, {b: c}]\ny: *x\n",
		"Repeated":  "a: 1\na: 2\n",
		"Escapes":   `a: "\x85\u2028<&>\ud83d"` + "\n",
		"Scalar":    "a\n",
		"Nothing":   "null\n",
		"List":      "- 1\n- [a]\n",
		"Set":       "!!set {a, b}\n",
		"Omap":      "!!omap [a: 1]\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, d := range Parse([]byte(text)).Documents {
				checkContent(t, d)
			}
		})
	}
}
