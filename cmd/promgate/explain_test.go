package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExplainPage: the example in docs/explain.md is what the command prints.
func TestExplainPage(t *testing.T) {
	t.Chdir("../..")
	page, err := os.ReadFile("docs/explain.md")
	if err != nil {
		t.Fatal(err)
	}
	command, want := block(t, string(page), "sh"), block(t, string(page), "text")
	args, ok := strings.CutPrefix(strings.TrimSpace(command), "promgate ")
	if !ok {
		t.Fatalf("the command is %q", command)
	}
	var got bytes.Buffer
	cmd := rootCommand()
	cmd.SetOut(&got)
	cmd.SetArgs(strings.Fields(args))
	if err := cmd.Execute(); !errors.Is(err, errNotPickedUp) {
		t.Errorf("the command ends with %v", err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExplainAlertPage: what docs/explain.md says of an alert of the examples is what the command prints.
func TestExplainAlertPage(t *testing.T) {
	t.Chdir("../..")
	page, err := os.ReadFile("docs/explain.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "## Who is told\n")
	if !ok {
		t.Fatal("the page has no such section")
	}
	var got bytes.Buffer
	cmd := rootCommand()
	cmd.SetOut(&got)
	cmd.SetArgs(strings.Fields(strings.TrimPrefix(strings.TrimSpace(block(t, section, "sh")), "promgate ")))
	if err := cmd.Execute(); err != nil {
		t.Errorf("the command ends with %v", err)
	}
	if want := block(t, section, "text"); !strings.Contains(got.String(), want) {
		t.Errorf("the page says\n%s\nand the command prints\n%s", want, got.String())
	}
}

// block returns the first block of a language in a page.
func block(t *testing.T, page, language string) string {
	t.Helper()
	_, text, ok := strings.Cut(page, "```"+language+"\n")
	if !ok {
		t.Fatalf("the page has no block of %s", language)
	}
	text, _, _ = strings.Cut(text, "```")
	return text
}
