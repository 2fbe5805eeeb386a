package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// metadata has the metadata of an object that promgate uses.
type metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// prometheusRule returns a manifest with an alert for each expression, named A0, A1 and so on. An
// empty expression omits its alert, and does not change the names of the others.
func prometheusRule(m metadata, exprs ...string) string {
	var rules []map[string]string
	for i, expr := range exprs {
		if expr == "" {
			continue
		}
		rules = append(rules, map[string]string{"alert": fmt.Sprintf("A%d", i), "expr": expr})
	}
	return manifest("PrometheusRule", m, map[string]any{
		"groups": []any{map[string]any{"name": "group", "rules": rules}},
	})
}

// serviceMonitor returns a manifest of a valid ServiceMonitor.
func serviceMonitor(m metadata) string {
	return manifest("ServiceMonitor", m, map[string]any{
		"selector":  map[string]any{"matchLabels": map[string]string{"app": m.Name}},
		"endpoints": []any{map[string]string{"port": "web"}},
	})
}

func manifest(kind string, m metadata, spec any) string {
	data, err := json.Marshal(map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": m, "spec": spec,
	})
	if err != nil {
		panic(err) // maps and strings can be encoded
	}
	return string(data)
}

// readFile reads a manifest in testdata.
func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// replace replaces one part of a text, which must occur once.
func replace(t *testing.T, text, old, with string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q does not occur once in:\n%s", old, text)
	}
	return strings.Replace(text, old, with, 1)
}
