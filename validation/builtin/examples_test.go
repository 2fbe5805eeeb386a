package builtin

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	k8sschema "k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/internal/schema"
)

// TestExamples: the objects in examples/ give no finding, those in examples/refused
// are denied.
func TestExamples(t *testing.T) {
	for pattern, refused := range map[string]bool{"../../examples/*.yaml": false, "../../examples/refused/*.yaml": true} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			found := check(t, file)
			if refused && !strings.Contains(found, "deny ") {
				t.Errorf("%s is not denied: %q", file, found)
			}
			if !refused && found != "" {
				t.Errorf("%s: %s", file, found)
			}
		}
	}
}

// TestREADME: the answer in the README is the answer of promgate.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(readme), "```text\n")
	if !ok {
		t.Fatal("the README shows no answer")
	}
	block, _, _ = strings.Cut(block, "```")
	answer := check(t, "../../examples/refused/broken-rule.yaml")
	lines := strings.Split(strings.TrimRight(block, "\n"), "\n")
	for _, line := range lines[1:] { // the first line is kubectl's
		if !strings.Contains("\n"+answer, line+"\n") {
			t.Errorf("promgate's answer has no line %q:\n%s", line, answer)
		}
	}
}

// check returns all findings on the object of a file, in full, and none for a kind without checks.
func check(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found, err := checktest.Findings(Kinds(), checktest.AsInstalled, checktest.Case{In: withDefaults(t, content)})
	if err != nil && !errors.Is(err, checktest.ErrNoKind) {
		t.Fatal(err)
	}
	return found
}

// withDefaults fills in the defaults of the CRD, as the API server does.
func withDefaults(t *testing.T, text []byte) string {
	t.Helper()
	object := map[string]any{}
	if err := yaml.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	s, known, err := schema.New().For(k8sschema.FromAPIVersionAndKind(apiVersion, kind))
	if err != nil {
		t.Fatal(err)
	}
	if known {
		s.Default(object)
	}
	defaulted, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(defaulted)
}
