package load_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/load"
)

func TestObjects(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml":       "# only a comment\n---\nkind: Service\napiVersion: v1\nmetadata: {name: a}\n---\n\n",
		"b/c.json":     `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"b","namespace":"shop"}}]}`,
		"b/d.yaml":     "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRuleList\nitems: [{metadata: {name: d}}]\n",
		"b/list.yml":   "- not: an object\n",
		"b/values.yml": "replicas: 2\n",
		"b/notes.txt":  "{{ not yaml",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stdin := strings.NewReader("apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n")
	objects, err := load.Objects([]string{dir, load.Stdin}, stdin, "default")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range objects {
		got = append(got, fmt.Sprintf("%s %s/%s", o.Kind, o.Namespace, o.Name))
	}
	want := []string{"Service default/a", "Secret shop/b", "PrometheusRule default/d", "Namespace /web"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestObjectsSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		"a: b\n---\na: [\n":       "reading stdin: line 4, column ",
		"a: b\n---\na: 1\na: 2\n": `reading stdin: line 4: the key "a" is there twice, first in line 3`,
	} {
		_, err := load.Objects([]string{load.Stdin}, strings.NewReader(text), "default")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	}
}

func TestDefaults(t *testing.T) {
	objects, err := load.Objects([]string{load.Stdin}, strings.NewReader(`
kind: Prometheus
apiVersion: monitoring.coreos.com/v1
metadata: {name: p}
spec:
  scrapeInterval: 10s
  remoteWrite: [{url: a, writeRelabelConfigs: [{regex: a}, {action: drop}]}]
---
kind: Probe
apiVersion: monitoring.coreos.com/v1
metadata: {name: p}
spec: {prober: {url: a}}
`), "default")
	if err != nil {
		t.Fatal(err)
	}
	want := []any{
		map[string]any{
			"scrapeInterval": "10s", "evaluationInterval": "30s", "shards": int64(1), "portName": "web",
			"remoteWrite": []any{map[string]any{"url": "a", "writeRelabelConfigs": []any{
				map[string]any{"regex": "a", "action": "replace"}, map[string]any{"action": "drop"},
			}}},
		},
		map[string]any{"prober": map[string]any{"url": "a", "path": "/probe"}},
	}
	for i, o := range objects {
		if diff := cmp.Diff(want[i], o.Fields["spec"]); diff != "" {
			t.Error(diff)
		}
	}
}

// TestFilesReads: in a directory the files that kubectl reads, but neither pipes nor links that lead nowhere;
// what is named is always read.
func TestFilesReads(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "sub", "dir.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.yaml", "b.yml", "c.json", "d.rules.yml", "sub/e.yaml", "f.YAML", "g.rules", "h.rule", "i.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"sub/loop": "..", "dead.yaml": "nowhere", "self.yaml": "self.yaml", "link.yaml": "g.rules"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	named := filepath.Join(dir, "g.rules")
	files, err := load.Files([]string{dir, named}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		below, err := filepath.Rel(dir, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, below)
	}
	want := []string{"a.yaml", "b.yml", "c.json", "d.rules.yml", "link.yaml", "sub/e.yaml", "g.rules"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !files[len(files)-1].Named || files[0].Named {
		t.Error("the file that was named is not known")
	}
	for _, name := range []string{"dead.yaml", "self.yaml", "missing"} {
		if _, err := load.Files([]string{filepath.Join(dir, name)}, nil); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}
