package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"golang.org/x/tools/txtar"
)

// minimumCases guards against a test that finds no cases.
const minimumCases = 300

// TestLintAgrees: for the object of each case of each check, promgate lint and the API server with
// the webhooks give the same verdict. Cases that depend on other objects are left out: the cluster
// does not have those.
func TestLintAgrees(t *testing.T) {
	newNamespace(t, "lint", nil)
	dir := t.TempDir()
	objects := casesWithoutSurroundings(t)
	for name, text := range objects {
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(objects) < minimumCases {
		t.Fatalf("there are only %d cases", len(objects))
	}
	denied := lintDenials(t, dir)
	client := adminClient(t)
	refused := 0
	for name, text := range objects {
		answer, ok := dryCreate(t, client, text)
		if !ok {
			continue
		}
		if answer != nil {
			refused++
		}
		linted := denied[filepath.Join(dir, name+".yaml")]
		if (answer != nil) != (len(linted) > 0) {
			t.Errorf("%s:\n  API server: %v\n  lint: %s\n%s", name, answer, strings.Join(linted, "\n    "), text)
		}
	}
	t.Logf("%d objects, of which %d are refused", len(objects), refused)
}

// casesWithoutSurroundings returns the objects of the cases in which there is nothing but an object.
func casesWithoutSurroundings(t *testing.T) map[string]string {
	t.Helper()
	objects := map[string]string{}
	err := filepath.WalkDir(filepath.Join(root, "validation"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".txtar" {
			return err
		}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			return err
		}
		check := strings.TrimSuffix(filepath.Base(path), ".txtar")
		var surrounded []string
		for _, f := range archive.Files {
			if name, file, _ := strings.Cut(f.Name, "/"); file != "in.yaml" && file != "want" {
				surrounded = append(surrounded, name)
			}
		}
		for _, f := range archive.Files {
			name, file, _ := strings.Cut(f.Name, "/")
			if file == "in.yaml" && !slices.Contains(surrounded, name) {
				objects[check+"."+name] = string(f.Data)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// lintDenials returns the messages of promgate lint at deny, by file.
func lintDenials(t *testing.T, dir string) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), cluster.Promgate.Path(), "lint", "-n", "lint", "-o", "json", dir).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		t.Fatalf("promgate lint: %v\n%s", err, exit.Stderr)
	}
	var report struct {
		Findings []struct{ File, Severity, Check, Message string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	denials := map[string][]string{}
	for _, f := range report.Findings {
		if f.Severity == "deny" {
			denials[f.File] = append(denials[f.File], fmt.Sprintf("%s [%s]", f.Message, f.Check))
		}
	}
	return denials
}

// dryCreate returns what the API server says of an object, which is created as kubectl creates it. ok
// is false if the text is no object of the operator.
func dryCreate(t *testing.T, client dynamic.Interface, text string) (answer error, ok bool) {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil || object.GroupVersionKind().Group != "monitoring.coreos.com" {
		return nil, false
	}
	if strings.Contains(text, "\n---\n") || object.GetKind() == "Prometheus" {
		return nil, false
	}
	kind := object.GroupVersionKind()
	resource := schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: strings.ToLower(kind.Kind) + "s"}
	_, answer = client.Resource(resource).Namespace("lint").Create(t.Context(), inNamespace(object), metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
	})
	return answer, true
}

func inNamespace(object *unstructured.Unstructured) *unstructured.Unstructured {
	object.SetNamespace("lint")
	return object
}
