package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUpgradeCheckPage runs the example of docs/upgrade-check.md. With UPDATE_SCRIPTS it writes what is printed
// into the page.
func TestUpgradeCheckPage(t *testing.T) {
	page, err := filepath.Abs("../../docs/upgrade-check.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	objects := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)
	command := regexp.MustCompile("`promgate (upgrade-check .*)` prints").FindSubmatch(text)
	printed := regexp.MustCompile("(?s)```text\n(.*?)```").FindSubmatchIndex(text)
	if objects == nil || command == nil || printed == nil {
		t.Fatal("the page has no example")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("shop.yaml", objects[1], 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	root := rootCommand()
	root.SetArgs(strings.Fields(string(command[1])))
	root.SetOut(&out)
	if err := root.Execute(); !errors.Is(err, errFindings) {
		t.Errorf("got %v, want findings", err)
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		updated := string(text[:printed[2]]) + out.String() + string(text[printed[3]:])
		if err := os.WriteFile(page, []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text[printed[2]:printed[3]]), out.String()); diff != "" {
		t.Errorf("the page (-) does not show what is printed (+):\n%s", diff)
	}
}
