package versions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

// TestRuleFiles compares, for each release, what its rule loader says of the rule file that an object
// is rendered to with what the checks say of the object, and the judge of the file.
func TestRuleFiles(t *testing.T) {
	engines := startAll(t)
	probes, err := Probes(engines)
	if err != nil {
		t.Fatal(err)
	}
	objects := ruleObjects(t, probes)
	all, refused, skipped, differ := 0, 0, 0, 0
	memo := validation.NewMemo(validation.RunMemory, nil)
	for _, e := range engines {
		for _, flags := range flagSets(e) {
			gate, err := NewGate(e.Version, flags, memo)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range objects {
				content, rejected := gate.Render(o)
				if rejected {
					skipped++ // the operator leaves it out, whatever the version
					continue
				}
				said, err := e.Rules(content, flags...)
				if err != nil {
					t.Fatal(err)
				}
				denied, err := gate.Denied(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				judged := gate.Judged(o)
				all++
				if len(said) > 0 {
					refused++
				}
				if len(said) == 0 && e.Dialect().Before(dialect.Version{3, 2}) && strings.Contains(strings.Join(denied, ""), "has braces") {
					continue // the name of a record: nobody writes one with braces on purpose
				}
				if got := [2]bool{len(denied) > 0, len(judged) > 0}; got != [2]bool{len(said) > 0, len(said) > 0} {
					if differ++; differ > maxShown {
						t.Fatalf("%d differences", differ)
					}
					t.Errorf("Prometheus %s with %v: the release says %q, the checks %q, the judge %q on\n%s", e.Version, flags, said, denied, judged, content)
				}
			}
		}
	}
	t.Logf("%d objects, %d comparisons, %d refused; %d were left out by the operator's rules", len(objects), all, refused, skipped)
	if refused < all/20 || refused > all*19/20 {
		t.Error("too few of one kind to prove anything")
	}
}

// ruleObjects returns objects that use each function of templates and each field of rules, and those
// of the corpus of the parity test.
func ruleObjects(t *testing.T, probes []Probe) []*monitoringv1.PrometheusRule {
	t.Helper()
	var objects []*monitoringv1.PrometheusRule
	for _, p := range probes {
		if p.Rules != "" {
			objects = append(objects, decodeSpec(t, p.Rules))
		}
		if p.Kind == dialect.TemplateFunction {
			objects = append(objects, decodeSpec(t, strings.Replace(p.Rules, "{{ ", "{{ if $value }}x{{ end }}{{ $labels.a | ", 1)))
		}
	}
	for _, name := range []string{"good", "bad"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "validation", "rule", "testdata", "parity", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range txtar.Parse(data).Files {
			text := string(f.Data)
			if !strings.HasPrefix(text, "groups:") {
				text = "groups:\n- name: demo\n  rules:\n  " + strings.ReplaceAll(text, "\n", "\n  ")
			}
			objects = append(objects, decodeSpec(t, text))
		}
	}
	if len(objects) < 150 {
		t.Errorf("%d objects: is the corpus whole?", len(objects))
	}
	return objects
}

// decodeSpec reads the text of a rule file as the spec of an object.
func decodeSpec(t *testing.T, text string) *monitoringv1.PrometheusRule {
	t.Helper()
	object := &monitoringv1.PrometheusRule{}
	object.Namespace, object.Name = "monitoring", "rules"
	if err := yaml.Unmarshal([]byte(text), &object.Spec); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return object
}
