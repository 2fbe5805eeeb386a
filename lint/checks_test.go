package lint_test

import (
	"strings"
	"testing"
	"time"

	"github.com/promgate/promgate/internal/checktest"
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

// TestFileChecks runs the cases of the checks in package file, which no webhook runs, with the report of
// lint as the findings.
func TestFileChecks(t *testing.T) {
	archives, err := checktest.Load("../validation/file")
	if err != nil {
		t.Fatal(err)
	}
	checktest.Compare(t, archives, file.Checks(), func(check string, c checktest.Case) (string, error) {
		return lintText(t, check, []byte(c.In)), nil
	})
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
	r.Findings, r.Summary.Note = found, ""
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
