package doctor_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/doctor"
)

// TestPage: the example in docs/doctor.md is the case open, and the table of errors that of the package.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile("testdata/open.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := doctor.WriteText(&want, doctor.Examine(readFacts(t, archive)), doctor.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```text\n"+want.String()+"```\n") {
		t.Errorf("the page does not contain:\n%s", want.String())
	}
	for _, row := range doctor.ReasonRows() {
		if !strings.Contains(string(page), row+"\n") {
			t.Errorf("the page does not contain:\n%s", row)
		}
	}
}
