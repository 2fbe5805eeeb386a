package architecture

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// decoders are the files of these directories that decode JSON or YAML, and what they decode.
var decoders = map[string]string{
	"validation/unreadable.go":    "objects as their types: validation.Decode",
	"validation/json_path.go":     "tokens of an object that cannot be decoded",
	"internal/review/metadata.go": "labels and annotations",
	"webhook/review.go":           "the review around an object",
}

// TestDecoding checks that checks, reviews and webhooks decode objects as their types only with
// validation.Decode, which refuses values that cannot be decoded in bounded time.
func TestDecoding(t *testing.T) {
	calls := map[string]bool{}
	for _, dir := range []string{"validation", "internal/review", "webhook"} {
		err := fs.WalkDir(os.DirFS("../.."), dir, func(file string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			source, err := os.ReadFile(filepath.Join("../..", file))
			for _, call := range []string{`"sigs.k8s.io/json"`, ".Unmarshal", ".NewDecoder(", ".NewYAMLOrJSONDecoder("} {
				if bytes.Contains(source, []byte(call)) {
					calls[file] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for file := range calls {
		if decoders[file] == "" {
			t.Errorf("%s does not decode with validation.Decode: call it", file)
		}
	}
	for file, what := range decoders {
		if !calls[file] {
			t.Errorf("%s does not decode %s: this test looks for the wrong call", file, what)
		}
	}
	kind, err := os.ReadFile("../../validation/kind.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(kind, []byte("newKind(gvk, Decode, prepare, checks)")) {
		t.Error("NewKind does not decode with Decode")
	}
}
