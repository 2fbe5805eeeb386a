package selection

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func TestManages(t *testing.T) {
	prod, err := labels.Parse("tier=prod")
	if err != nil {
		t.Fatal(err)
	}
	object := func(namespace, tier, id string) *metav1.ObjectMeta {
		o := &metav1.ObjectMeta{Namespace: namespace, Labels: map[string]string{"tier": tier}}
		if id != "none" {
			o.Annotations = map[string]string{ControllerID: id}
		}
		return o
	}
	cases := map[string]struct {
		reason   string
		operator *Operator
		in, out  []string // kind, namespace, tier, controller id
	}{
		"Unknown":    {reason: "all instances count, for any operator", in: []string{"Prometheus a b none", "ThanosRuler a b other"}},
		"NoFlags":    {reason: "all without an id", operator: &Operator{}, in: []string{"Prometheus a b none"}, out: []string{"Prometheus a b other"}},
		"EmptyID":    {reason: "an empty id is no id", operator: &Operator{}, in: []string{"PrometheusAgent a b "}},
		"ID":         {reason: "only instances with its id", operator: &Operator{ControllerID: "x"}, in: []string{"Prometheus a b x", "PrometheusAgent a b x", "ThanosRuler a b x"}, out: []string{"Prometheus a b y", "ThanosRuler a b none"}},
		"Namespaces": {reason: "the list applies to instances too", operator: &Operator{Namespaces: []string{"a"}}, in: []string{"Prometheus a b none", "ThanosRuler a b none"}, out: []string{"Prometheus c b none", "ThanosRuler c b none"}},
		"Deny":       {reason: "the list applies to instances too", operator: &Operator{DenyNamespaces: []string{"a"}}, in: []string{"Prometheus c b none"}, out: []string{"Prometheus a b none", "PrometheusAgent a b none", "ThanosRuler a b none"}},
		"Instances": {
			reason: "replaces the other lists, for its kinds", operator: &Operator{Namespaces: []string{"a"}, PrometheusInstanceNamespaces: []string{"c"}},
			in: []string{"Prometheus c b none", "PrometheusAgent c b none", "ThanosRuler a b none"}, out: []string{"Prometheus a b none", "PrometheusAgent a b none", "ThanosRuler c b none"},
		},
		"InstancesOverDeny": {reason: "a list replaces the denied namespaces", operator: &Operator{DenyNamespaces: []string{"a"}, PrometheusInstanceNamespaces: []string{"a"}}, in: []string{"Prometheus a b none"}, out: []string{"ThanosRuler a b none"}},
		"Rulers":            {reason: "rulers have a list of their own", operator: &Operator{ThanosRulerInstanceNamespaces: []string{"a"}}, in: []string{"ThanosRuler a b none", "Prometheus c b none"}, out: []string{"ThanosRuler c b none"}},
		"Selector":          {reason: "for Prometheus and agents", operator: &Operator{PrometheusInstanceSelector: prod}, in: []string{"Prometheus a prod none", "PrometheusAgent a prod none", "ThanosRuler a test none"}, out: []string{"Prometheus a test none", "PrometheusAgent a test none"}},
		"RulerSelector":     {reason: "for rulers", operator: &Operator{ThanosRulerInstanceSelector: prod}, in: []string{"Prometheus a test none", "ThanosRuler a prod none"}, out: []string{"ThanosRuler a test none"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			manages := func(text string) bool {
				f := strings.Split(text, " ")
				return tc.operator.Manages(f[0], object(f[1], f[2], f[3]))
			}
			for _, text := range tc.in {
				if !manages(text) {
					t.Errorf("%s: %q is not managed", tc.reason, text)
				}
			}
			for _, text := range tc.out {
				if manages(text) {
					t.Errorf("%s: %q is managed", tc.reason, text)
				}
			}
		})
	}
}

func TestUnder(t *testing.T) {
	all := Selectors{}
	var err error
	if all["ServiceMonitor"], err = newSelector("monitoring", "serviceMonitor", &metav1.LabelSelector{}, &metav1.LabelSelector{}); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		operator *Operator
		in, out  string
		says     string
	}{
		"Unknown":    {in: "a"},
		"NoFlags":    {operator: &Operator{}, in: "a"},
		"Namespaces": {operator: &Operator{Namespaces: []string{"a"}}, in: "a", out: "b", says: "operator.namespaces"},
		"Deny":       {operator: &Operator{DenyNamespaces: []string{"b"}}, in: "a", out: "b", says: "operator.denyNamespaces"},
		"Instances":  {operator: &Operator{PrometheusInstanceNamespaces: []string{"monitoring"}}, in: "a"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := all.Under(tc.operator)
			if !s.Selects("ServiceMonitor", tc.in, nil, nil) || !s.Gap("ServiceMonitor", tc.in, nil, nil).Closed() {
				t.Errorf("%s is not watched", tc.in)
			}
			if tc.out == "" {
				return
			}
			gap := s.Gap("ServiceMonitor", tc.out, nil, nil)
			if s.Selects("ServiceMonitor", tc.out, nil, nil) || gap.Closed() || gap.Addable() {
				t.Errorf("%s is watched", tc.out)
			}
			if want := "cannot, because the operator does not watch this namespace (" + tc.says + ")"; gap.Words() != want {
				t.Errorf("%q, want %q", gap.Words(), want)
			}
		})
	}
}
