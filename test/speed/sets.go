package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// groupSize is the number of rules of a file.
const groupSize = 10

// rules are what the files are made of: alerts and records of the sizes and shapes that charts ship. %[1]d
// is the number of the file and %[2]d that of the rule, so that no expression is there twice.
var rules = []string{
	`- alert: PodNotReady%[2]d
  expr: |
    sum by (namespace, pod, job, cluster) (
      max by (namespace, pod, job, cluster) (kube_pod_status_phase{job="kube-state-metrics-%[1]d", phase=~"Pending|Unknown"})
      * on (namespace, pod, cluster) group_left (owner_kind)
      topk by (namespace, pod, cluster) (1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"}))
    ) > 0
  for: 15m
  labels:
    severity: warning
  annotations:
    description: Pod {{ $labels.namespace }}/{{ $labels.pod }} has not been ready for longer than 15 minutes.
    runbook_url: https://runbooks.example.com/%[1]d/pod-not-ready
    summary: A pod is not ready.
`,
	`- alert: TargetDown%[2]d
  expr: 100 * (count(up{shard="%[1]d"} == 0) by (cluster, job, namespace, service) / count(up{shard="%[1]d"}) by (cluster, job, namespace, service)) > 10
  for: 10m
  labels:
    severity: warning
  annotations:
    description: '{{ printf "%%.4g" $value }}%% of the targets of {{ $labels.job }} in {{ $labels.namespace }} are down.'
    summary: Targets are down.
`,
	`- record: job:http_requests%[2]d:rate5m
  expr: sum without (instance, pod) (rate(http_requests_total{shard="%[1]d", code!~"5.."}[5m]))
`,
	`- alert: FilesystemFilling%[2]d
  expr: |
    (
      node_filesystem_avail_bytes{job="node-%[1]d", fstype!="", mountpoint!=""} / node_filesystem_size_bytes{job="node-%[1]d", fstype!="", mountpoint!=""} * 100 < 15
    and
      predict_linear(node_filesystem_avail_bytes{job="node-%[1]d", fstype!="", mountpoint!=""}[6h], 4 * 60 * 60) < 0
    and
      node_filesystem_readonly{job="node-%[1]d", fstype!="", mountpoint!=""} == 0
    )
  for: 1h
  labels:
    severity: critical
  annotations:
    description: The filesystem on {{ $labels.device }} at {{ $labels.instance }} has {{ printf "%%.2f" $value }}%% left and is filling fast.
    summary: A filesystem will be full within 4 hours.
`,
	`- alert: SlowRequests%[2]d
  expr: histogram_quantile(0.99, sum by (le, route) (rate(request_duration_seconds_bucket{service="shop-%[1]d"}[5m]))) > 1.5
  for: 5m
  labels:
    severity: page
  annotations:
    description: The 99th percentile of {{ $labels.route }} is {{ humanizeDuration $value }}.
    summary: Requests are slow.
`,
}

// A set is the same groups as objects and as rule files.
type set struct {
	files          int
	objects, rules string
	ruleFiles      []string
	pintConfig     string
}

func writeSet(dir string, files int) (set, error) {
	s := set{files: files, objects: filepath.Join(dir, "objects"), rules: filepath.Join(dir, "rules"), pintConfig: filepath.Join(dir, "pint.hcl")}
	for _, d := range []string{s.objects, s.rules} {
		if err := os.MkdirAll(d, 0o750); err != nil {
			return s, fmt.Errorf("making a directory: %w", err)
		}
	}
	for i := range files {
		group := groupText(i)
		object := fmt.Sprintf("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: rules-%d\n  namespace: monitoring\nspec:\n%s", i, indent(group, "  "))
		name := fmt.Sprintf("rules-%d.yaml", i)
		s.ruleFiles = append(s.ruleFiles, filepath.Join(s.rules, name))
		if err := writeFile(filepath.Join(s.objects, name), object); err != nil {
			return s, err
		}
		if err := writeFile(filepath.Join(s.rules, name), group); err != nil {
			return s, err
		}
	}
	return s, writeFile(s.pintConfig, "")
}

func groupText(file int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "groups:\n- name: group-%d\n  rules:\n", file)
	for i := range groupSize {
		text.WriteString(indent(fmt.Sprintf(rules[(file+i)%len(rules)], file, file*groupSize+i), "  "))
	}
	return text.String()
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
}

func writeFile(name, text string) error {
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing an input: %w", err)
	}
	return nil
}

// writeSchema writes the schema of PrometheusRule as kubeconform reads it, from the CRD that promgate
// embeds, and returns the location to name to kubeconform.
func writeSchema(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "schema", "crds", "prometheusrules.json"))
	if err != nil {
		return "", fmt.Errorf("reading the CRD: %w", err)
	}
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema json.RawMessage `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(text, &crd); err != nil {
		return "", fmt.Errorf("reading the CRD: %w", err)
	}
	schema := crd.Spec.Versions[0].Schema.OpenAPIV3Schema
	if err := writeFile(filepath.Join(dir, "prometheusrule.json"), string(schema)); err != nil {
		return "", err
	}
	return filepath.Join(dir, "{{ .ResourceKind }}.json"), nil
}
