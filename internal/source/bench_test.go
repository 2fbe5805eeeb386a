package source

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/promgate/promgate/internal/fieldpath"
)

// ruleObject returns a PrometheusRule of about 75 KB.
func ruleObject() []byte {
	var b bytes.Buffer
	b.WriteString("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: node\n  labels:\n    role: alert-rules\nspec:\n  groups:\n  - name: node\n    rules:\n")
	for i := 0; b.Len() < 75_000; i++ {
		fmt.Fprintf(&b, `    # Rule %d.
    - alert: NodeFilesystemSpaceFillingUp%d
      expr: |
        (
          node_filesystem_avail_bytes{job="node",fstype!=""} / node_filesystem_size_bytes{job="node",fstype!=""} * 100 < 40
        and
          predict_linear(node_filesystem_avail_bytes{job="node",fstype!=""}[6h], 24*60*60) < 0
        )
      for: 1h
      labels:
        severity: warning
      annotations:
        summary: "Filesystem has less than {{ $value }}%% space left.\n"
        description: >-
          Filesystem on {{ $labels.device }}, mounted on {{ $labels.mountpoint }},
          at {{ $labels.instance }} has only {{ printf "%%.2f" $value }}%% available space left.
`, i, i)
	}
	return b.Bytes()
}

func BenchmarkParse(b *testing.B) {
	text := ruleObject()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if f := Parse(text); len(f.Documents) != 1 {
			b.Fatal(f.Errors)
		}
	}
}

// BenchmarkTree measures what the first place costs in addition.
func BenchmarkTree(b *testing.B) {
	text := ruleObject()
	d := Parse(text).Documents[0]
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		d.tree = nil
		d.root()
	}
}

// BenchmarkWithin measures one more place in each of two scalars by turns, so that no map is kept.
func BenchmarkWithin(b *testing.B) {
	d := Parse(ruleObject()).Documents[0]
	rules := fieldpath.New("spec", "groups").Index(0).Field("rules")
	var paths []fieldpath.Path
	var texts []string
	for i := range 2 {
		paths = append(paths, rules.Index(i).Field("expr"))
		at, _ := d.find(paths[i])
		texts = append(texts, at.value.value)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, fit := d.Within(paths[i%2], false, texts[i%2], 100, 120); fit != Exact {
			b.Fatal(fit)
		}
	}
}
