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

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/test/rig"

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
		if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(text), 0o600); err != nil {
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
		ok, answer := dryCreate(t, client, text)
		if !ok {
			continue
		}
		if answer != nil {
			refused++
		}
		linted := denied[filepath.Join(dir, name+".json")]
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
			if file == "in.yaml" && !slices.Contains(surrounded, name) && !aboutFiles(path) {
				objects[check+"."+name], err = completed(f.Data)
				if err != nil {
					return fmt.Errorf("%s: %w", f.Name, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// aboutFiles reports whether an archive is of a check that looks at the text of a file. The API server
// never sees that.
func aboutFiles(path string) bool {
	name := filepath.Base(path)
	inFiles := strings.Contains(filepath.ToSlash(path), "/validation/file/")
	return inFiles && name != "schema.txtar" && name != "unknown-field.txtar"
}

// completed adds what the cases omit: the apiVersion and a name.
func completed(text []byte) (string, error) {
	object := map[string]any{}
	if err := yaml.Unmarshal(text, &object); err != nil {
		return string(text), nil //nolint:nilerr // a case of what cannot be read, which reaches no API server
	}
	if kind, _ := object["kind"].(string); object["apiVersion"] == nil && kind != "" {
		object["apiVersion"] = "monitoring.coreos.com/v1"
		if kind == "ScrapeConfig" {
			object["apiVersion"] = "monitoring.coreos.com/v1alpha1"
		}
	}
	metadata, _ := object["metadata"].(map[string]any)
	if metadata == nil {
		metadata = map[string]any{}
	}
	if metadata["name"] == nil {
		metadata["name"] = "a"
	}
	object["metadata"] = metadata
	full, err := json.Marshal(object)
	return string(full), err
}

// lintDenials returns the messages of promgate lint at deny, by file.
func lintDenials(t *testing.T, dir string) map[string][]string {
	t.Helper()
	operator, err := rig.OperatorDir(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	crds := filepath.Join(operator, "example", "prometheus-operator-crd") // those of the cluster
	out, err := exec.CommandContext(t.Context(), cluster.Promgate.Path(), "lint", "-n", "lint", "-o", "json", "--crds", crds, dir).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		t.Fatalf("promgate lint: %v\n%s", err, exit.Stderr)
	}
	var report struct {
		Findings []struct {
			File     string `json:"file"`
			Severity string `json:"severity"`
			Check    string `json:"check"`
			Message  string `json:"message"`
		} `json:"findings"`
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
func dryCreate(t *testing.T, client dynamic.Interface, text string) (ok bool, answer error) {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil || object.GroupVersionKind().Group != "monitoring.coreos.com" {
		return false, nil //nolint:nilerr // it is no object
	}
	if _, set, _ := unstructured.NestedFieldNoCopy(object.Object, "metadata", "namespace"); set {
		return false, nil // here the namespace is another one
	}
	kind := object.GroupVersionKind()
	if kind.Version == "v1beta1" {
		return false, nil // the CRDs of the operator serve it only with a conversion webhook
	}
	resource, _ := meta.UnsafeGuessKindToResource(kind)
	_, answer = client.Resource(resource).Namespace("lint").Create(t.Context(), inNamespace(object), metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
	})
	return true, answer
}

func inNamespace(object *unstructured.Unstructured) *unstructured.Unstructured {
	object.SetNamespace("lint")
	return object
}
