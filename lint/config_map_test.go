package lint_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

const configMap = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: rules, namespace: shop}
  data:
    a.yaml: |-
      groups:
      - name: web
        limit: many
        rules: []
    "b.yml": "groups:\n- name: é\n  rules:\n  - {alert: \"A\", expr: 'up ==', for: 5}\n"
    c.rules: |
      groups:
      - name: c
        rules:
        # promgate:ignore alert-condition a heartbeat
        - {alert: A, expr: up}
        - alert: A
          expr: |
            sum(
              up)) + 1
          labels: {a: b, a: c}
    d.yaml: |
      groups:
        - name: x
         rules: []
    e.txt: hello
`

// TestConfigMap: a finding in a rule file inside a ConfigMap has the place in the file, and names the
// ConfigMap and its key.
func TestConfigMap(t *testing.T) {
	r, err := lint.Run(t.Context(), []load.File{{Name: "a.yaml", Text: []byte(configMap)}}, lint.Options{
		Kinds: builtin.Kinds(), Schemas: schemas, Namespace: "default", ConfigMaps: true,
		Settings: review.Settings{Severity: validation.Policy{}.Severity, Today: time.Now()},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Sort()
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%d:%d-%d %s %s/%s, %s: %s [%s]", f.Start.Line, f.Start.Column, f.End.Column, f.Finding.Path, f.Namespace, f.Name, f.Finding.Subject, f.Finding.Problem, f.Finding.Check))
	}
	want := []string{
		"11:16-20 data[a.yaml].groups[0].limit shop/rules, key \"a.yaml\": cannot unmarshal !!str `many` into int [rule-file]",
		`13:76-76 data[b.yml].groups[0].rules[0].expr shop/rules, key "b.yml", group "é", alert "A": unexpected end of input [expr-syntax]`,
		`13:84-85 data[b.yml].groups[0].rules[0].for shop/rules, key "b.yml", group "é", alert "A": "5" is not a duration that Prometheus can read [duration]`,
		`24:26-27 data[c.rules].groups[0].rules[1].labels shop/rules, key "c.rules": the key "a" is there twice, first in line 24: Prometheus refuses the file [repeated-key]`,
		`28:10-10  /, : not valid YAML in the key "d.yaml": expected "-" here: check the indentation of the list [file-syntax]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
