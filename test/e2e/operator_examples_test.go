package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/promgate/promgate/test/rig"
)

// fewestExamples is somewhat below the number of examples that the operator had at v0.93.0, which
// is 29: the test fails if they are moved.
const fewestExamples = 25

// excerpts are examples that show a few fields of an object and are not complete: they have no
// name, or lack required fields.
var excerpts = map[string]bool{
	"user-guides/scrapeclass/scrapeclass-example-definition.yaml":     true,
	"user-guides/scrapeclass/scrapeclass-example-podmonitor.yaml":     true,
	"user-guides/scrapeclass/scrapeclass-example-servicemonitor.yaml": true,
}

// TestOperatorExamples applies every object of the operator's own examples, all of which have to be
// valid.
func TestOperatorExamples(t *testing.T) {
	dir, err := rig.OperatorDir(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	examples := operatorExamples(t, filepath.Join(dir, "example"))
	t.Logf("%d examples", len(examples))
	if len(examples) < fewestExamples {
		t.Fatalf("found %d examples of the operator, but there should be at least %d", len(examples), fewestExamples)
	}

	defer noPrometheus(t)
	namespaces := map[string]bool{"default": true}
	for _, e := range examples {
		if e.namespace != "" && !namespaces[e.namespace] {
			newNamespace(t, e.namespace, nil)
			namespaces[e.namespace] = true
		}
	}
	for _, e := range examples {
		t.Run(e.file+"/"+e.kind, func(t *testing.T) {
			if excerpts[e.file] {
				wantRefusedByOthers(t, e.manifest)
				return
			}
			kubectl(t, e.manifest, "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-")
			kubectl(t, e.manifest, "apply", "--server-side", "--force-conflicts", "-f", "-")
		})
	}
}

// wantRefusedByOthers checks that the API server, not promgate, still refuses an excerpt.
func wantRefusedByOthers(t *testing.T, manifest string) {
	t.Helper()
	out, err := cluster.Kubectl.RunWithInput(t.Context(), manifest, "apply", "--server-side", "--dry-run=server", "-f", "-")
	if err == nil {
		t.Error("this can be applied, and should no longer be listed as an excerpt")
	}
	if strings.Contains(out.Stderr, "promgate") {
		t.Errorf("promgate refuses it: %s", out.Stderr)
	}
}

// example is an example object of the operator.
type example struct {
	file      string
	kind      string
	namespace string
	manifest  string
}

// operatorExamples finds the objects of the operator's kinds in all YAML files.
func operatorExamples(t *testing.T, dir string) []example {
	t.Helper()
	var examples []example
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		file, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		found, err := readExamples(path, file)
		examples = append(examples, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

func readExamples(path, file string) ([]example, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var examples []example
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return examples, nil
		}
		if err != nil {
			return nil, err
		}
		var object struct {
			APIVersion string   `json:"apiVersion"`
			Kind       string   `json:"kind"`
			Metadata   metadata `json:"metadata"`
		}
		if isList(document) {
			continue
		}
		if err := yaml.Unmarshal(document, &object); err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		if strings.HasPrefix(object.APIVersion, "monitoring.coreos.com/") {
			examples = append(examples, example{file, object.Kind, object.Metadata.Namespace, string(document)})
		}
	}
}

// isList reports whether a document is a list instead of an object, as in files with additional
// scrape configurations.
func isList(document []byte) bool {
	var list []any
	return yaml.Unmarshal(document, &list) == nil && list != nil
}
