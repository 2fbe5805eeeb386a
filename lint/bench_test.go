package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/promgate/promgate/internal/load"
)

// BenchmarkLint lints files of ten alerts each: as PrometheusRule objects, and as plain rule files.
func BenchmarkLint(b *testing.B) {
	const rule = `    - alert: KubePodNotReady%d
      expr: |
        sum by (namespace, pod, job, cluster) (
          max by (namespace, pod, job, cluster) (kube_pod_status_phase{job="kube-state-metrics", phase=~"Pending|Unknown"})
        ) > 0
      for: 15m
      labels:
        severity: warning
      annotations:
        description: Pod {{ $labels.namespace }}/{{ $labels.pod }} has been in a non-ready state for longer than 15 minutes.
        summary: Pod has been in a non-ready state for more than 15 minutes.
`
	var groups strings.Builder
	groups.WriteString("  groups:\n  - name: g\n    rules:\n")
	for i := range 10 {
		fmt.Fprintf(&groups, rule, i)
	}
	const files = 100
	sets := map[string][]load.File{}
	for i := range files {
		object := fmt.Sprintf("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: r%d\nspec:\n%s", i, groups.String())
		sets["Objects"] = append(sets["Objects"], load.File{Name: fmt.Sprintf("%d.yaml", i), Text: []byte(object)})
		plain := strings.ReplaceAll(groups.String(), "\n  ", "\n")[2:]
		sets["RuleFiles"] = append(sets["RuleFiles"], load.File{Name: fmt.Sprintf("%d.yaml", i), Text: []byte(plain)})
	}
	for name, set := range sets {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := run(b, set...); len(r.Findings) > 0 || len(r.Checked) != files {
					b.Fatalf("%d objects: %v", len(r.Checked), r.Findings)
				}
			}
		})
	}
}
