package config

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
)

// TestScope: each key reaches the scope.
func TestOperatorScope(t *testing.T) {
	c, err := Parse([]byte(head+`
operator:
  namespaces: [a]
  prometheusInstanceNamespaces: [b]
  thanosRulerInstanceNamespaces: [c]
  prometheusInstanceSelector: d=e
  thanosRulerInstanceSelector: f
  controllerID: g
  alertmanagerInstanceNamespaces: [h]
  alertmanagerConfigNamespaces: [i]
  alertmanagerInstanceSelector: j
`), checks)
	if err != nil {
		t.Fatal(err)
	}
	o := c.OperatorScope()
	got := []string{strings.Join(o.Namespaces, ","), strings.Join(o.PrometheusInstanceNamespaces, ","), strings.Join(o.ThanosRulerInstanceNamespaces, ","),
		o.PrometheusInstanceSelector.String(), o.ThanosRulerInstanceSelector.String(), o.ControllerID,
		strings.Join(o.AlertmanagerInstanceNamespaces, ","), strings.Join(o.AlertmanagerConfigNamespaces, ","), o.AlertmanagerInstanceSelector.String()}
	if s := strings.Join(got, " "); s != "a b c d=e f g h i j" {
		t.Errorf("%q", s)
	}

	c, err = Parse([]byte(head+"operator: {denyNamespaces: [a]}\n"), checks)
	if err != nil {
		t.Fatal(err)
	}
	o = c.OperatorScope()
	if strings.Join(o.DenyNamespaces, ",") != "a" || len(o.Namespaces) != 0 {
		t.Errorf("%+v", o)
	}
	if !o.PrometheusInstanceSelector.Matches(labels.Set{}) {
		t.Error("no selector takes nothing")
	}
	c, err = Parse([]byte(head), checks)
	if err != nil || c.OperatorScope() != nil {
		t.Errorf("an omitted operator is a scope: %v", err)
	}
}

// TestDocumentation: every key of the operator is documented and in the example.
func TestDocumentation(t *testing.T) {
	for _, file := range []string{"../../docs/configuration.md", "../../docs/promgate.yaml"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range jsonKeys(reflect.TypeFor[Operator]()) {
			if !strings.Contains(string(content), "`"+key+"`") && !strings.Contains(string(content), "\n#   "+key+": ") {
				t.Errorf("%s does not have %s", file, key)
			}
		}
	}
}
