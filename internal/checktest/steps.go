package checktest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// Steps runs the archives in testdata of a package that answers step by step, as a text and as JSON. It compares both
// with the files want and want.json, which an archive may lack, or with -update writes them. No line of the text is
// longer than 80 columns.
func Steps(t *testing.T, run func(t *testing.T, a *txtar.Archive) (text, object []byte)) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err == nil && len(files) == 0 {
		err = errors.New("there are no cases")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, object := run(t, archive)
			for line := range strings.Lines(string(text)) {
				if len([]rune(line)) > 81 && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("longer than 80 columns: %s", line)
				}
			}
			if !compareFile(t, archive, "want", text) {
				t.Error("there is no file want")
			}
			compareFile(t, archive, "want.json", object)
			if *updateWants {
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// compareFile compares what was written with a file of an archive, and reports whether the archive has it.
func compareFile(t *testing.T, archive *txtar.Archive, name string, got []byte) bool {
	t.Helper()
	for n := range archive.Files {
		f := &archive.Files[n]
		switch {
		case f.Name != name:
			continue
		case *updateWants:
			f.Data = got
		default:
			if diff := cmp.Diff(string(f.Data), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		return true
	}
	return false
}
