package architecture

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDecoding holds that checks and webhooks decode objects as their types with
// validation.Decode alone, which refuses what cannot be decoded in bounded time.
func TestDecoding(t *testing.T) {
	const decoder = "validation/unreadable.go"
	calls := map[string]bool{}
	for _, dir := range []string{"validation", "webhook"} {
		err := fs.WalkDir(os.DirFS("../.."), dir, func(file string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "validation/checktest/") {
				return err
			}
			source, err := os.ReadFile(filepath.Join("../..", file))
			if bytes.Contains(source, []byte(`"sigs.k8s.io/json"`)) || bytes.Contains(source, []byte("yaml.Unmarshal")) {
				calls[file] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !calls[decoder] {
		t.Errorf("%s decodes nothing: this test looks for the wrong call", decoder)
	}
	delete(calls, decoder)
	for file := range calls {
		t.Errorf("%s decodes by itself: call validation.Decode", file)
	}
	kind, err := os.ReadFile("../../validation/kind.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(kind, []byte("newKind(gvk, Decode, prepare, checks)")) {
		t.Error("NewKind does not decode with Decode")
	}
}
