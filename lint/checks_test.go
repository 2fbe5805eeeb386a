package lint_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
	"github.com/promgate/promgate/validation/file"
)

// schemas are read once for all tests.
var schemas = schema.New()

var update = flag.Bool("update-files", false, "write the findings into the archives")

// TestFileChecks runs the cases of the checks in package file, which no webhook runs. An archive is
// as package checktest describes it, with the report in full as the findings.
func TestFileChecks(t *testing.T) {
	for _, check := range file.Checks() {
		t.Run(check.ID, func(t *testing.T) {
			name := filepath.Join("../validation/file/testdata", check.ID+".txtar")
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var finding, clean bool
			for i := 0; i+1 < len(archive.Files); i += 2 {
				in, want := &archive.Files[i], &archive.Files[i+1]
				got := lintText(t, check.ID, in.Data)
				finding = finding || got != ""
				clean = clean || got == ""
				if *update {
					want.Data = []byte(got)
				} else if diff := cmp.Diff(string(want.Data), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", in.Name, diff)
				}
			}
			if !finding || !clean {
				t.Error("there has to be a case with a finding and a case without")
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// lintText returns the findings of one check in a file, as lint prints them, without the summary.
func lintText(t *testing.T, check string, text []byte) string {
	t.Helper()
	r := run(t, load.File{Name: "in.yaml", Text: text})
	var found []format.Located
	for _, f := range r.Findings {
		if f.Finding.Check == check {
			found = append(found, f)
		}
	}
	r.Findings = found
	var b strings.Builder
	if err := format.Write(&b, "text", r.Report, format.Options{}); err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return ""
	}
	lines := strings.SplitAfter(strings.TrimRight(b.String(), "\n"), "\n")
	return strings.TrimRight(strings.Join(lines[:len(lines)-1], ""), "\n") + "\n"
}

func run(t testing.TB, files ...load.File) *lint.Result {
	t.Helper()
	r, err := lint.Run(t.Context(), files, lint.Options{
		Kinds: builtin.Kinds(), Schemas: schemas,
		Settings:  review.Settings{Severity: validation.Policy{}.Severity, Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		Namespace: "default",
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
