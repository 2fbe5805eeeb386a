package selection

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// selectors returns the selectors of a Prometheus in the namespace monitoring, for ServiceMonitors.
func selectors(t *testing.T, objects, namespaces *metav1.LabelSelector) Selectors {
	t.Helper()
	p := &monitoringv1.Prometheus{}
	p.Namespace = "monitoring"
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = objects, namespaces
	s, err := Of(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func where(key string, operator metav1.LabelSelectorOperator, values ...string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: key, Operator: operator, Values: values}}}
}

func TestGap(t *testing.T) {
	release := &metav1.LabelSelector{MatchLabels: map[string]string{"release": "prometheus"}}
	all := &metav1.LabelSelector{}
	cases := map[string]struct {
		reason              string
		objects, namespaces *metav1.LabelSelector
		namespace           string
		object, ofNamespace map[string]string
		want                Gap
	}{
		"Selected":         {reason: "nothing is missing", objects: release, namespaces: all, namespace: "shop", object: map[string]string{"release": "prometheus"}},
		"Nil":              {reason: "a nil selector selects nothing", namespaces: all, namespace: "shop", want: Gap{Never: true}},
		"Empty":            {reason: "an empty selector selects everything", objects: all, namespaces: all, namespace: "shop"},
		"Missing":          {reason: "the label can be added", objects: release, namespaces: all, namespace: "shop", want: Gap{Missing: map[string]string{"release": "prometheus"}}},
		"Different":        {reason: "an existing label is not changed", objects: release, namespaces: all, namespace: "shop", object: map[string]string{"release": "x"}, want: Gap{Different: map[string]string{"release": "prometheus"}}},
		"InOne":            {reason: "In with one value is an equality", objects: where("team", metav1.LabelSelectorOpIn, "a"), namespaces: all, namespace: "shop", want: Gap{Missing: map[string]string{"team": "a"}}},
		"InTwo":            {reason: "one of two values would have to be guessed", objects: where("team", metav1.LabelSelectorOpIn, "a", "b"), namespaces: all, namespace: "shop", want: Gap{Never: true}},
		"Exists":           {reason: "the value would have to be guessed", objects: where("team", metav1.LabelSelectorOpExists), namespaces: all, namespace: "shop", want: Gap{Never: true}},
		"NotIn":            {reason: "a label is never changed", objects: where("team", metav1.LabelSelectorOpNotIn, "a"), namespaces: all, namespace: "shop", object: map[string]string{"team": "a"}, want: Gap{Never: true}},
		"NotInAbsent":      {reason: "a missing label is not in the list", objects: where("team", metav1.LabelSelectorOpNotIn, "a"), namespaces: all, namespace: "shop"},
		"OwnNamespace":     {reason: "without a namespace selector only the instance's own namespace counts", objects: all, namespace: "monitoring"},
		"OtherNamespace":   {reason: "no other namespace counts", objects: all, namespace: "shop", want: Gap{Namespace: true}},
		"NamespaceLabel":   {reason: "the namespace's labels decide", objects: all, namespaces: release, namespace: "shop", ofNamespace: map[string]string{"release": "prometheus"}},
		"NamespaceNoLabel": {reason: "the namespace's labels decide", objects: release, namespaces: release, namespace: "shop", want: Gap{Namespace: true, Missing: map[string]string{"release": "prometheus"}}},
		"Contradiction": {
			reason: "the label that has to be added is forbidden", namespaces: all, namespace: "shop",
			objects: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "1"}, MatchExpressions: where("a", metav1.LabelSelectorOpDoesNotExist).MatchExpressions},
			want:    Gap{Never: true, Missing: map[string]string{"a": "1"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := selectors(t, tc.objects, tc.namespaces)
			got := s.Gap("ServiceMonitor", tc.namespace, tc.object, tc.ofNamespace)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if selects := s.Selects("ServiceMonitor", tc.namespace, tc.object, tc.ofNamespace); selects != got.Closed() {
				t.Errorf("%s: selects is %v", tc.reason, selects)
			}
		})
	}
}

// TestGapCloses: when the missing labels are added, the object is selected; no gap means that it is
// already selected.
func TestGapCloses(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	some := func(list ...string) string { return list[rnd.IntN(len(list))] }
	labels := func() map[string]string {
		m := map[string]string{}
		for range rnd.IntN(4) {
			m[some("a", "b", "c", "d")] = some("1", "2", "3")
		}
		return m
	}
	selector := func() *metav1.LabelSelector {
		s := &metav1.LabelSelector{MatchLabels: labels()}
		for range rnd.IntN(3) {
			r := metav1.LabelSelectorRequirement{Key: some("a", "b", "c", "d"), Operator: metav1.LabelSelectorOperator(some("In", "NotIn", "Exists", "DoesNotExist"))}
			if r.Operator == "In" || r.Operator == "NotIn" {
				r.Values = []string{some("1", "2", "3")}
				if rnd.IntN(2) == 0 {
					r.Values = append(r.Values, some("1", "2", "3"))
				}
			}
			s.MatchExpressions = append(s.MatchExpressions, r)
		}
		return s
	}
	addable := 0
	for range 20_000 {
		s := selectors(t, selector(), &metav1.LabelSelector{})
		object := labels()
		gap := s.Gap("ServiceMonitor", "shop", object, nil)
		if gap.Closed() != s.Selects("ServiceMonitor", "shop", object, nil) {
			t.Fatalf("%v, %+v", object, gap)
		}
		if !gap.Addable() {
			continue
		}
		addable++
		completed := maps.Clone(object)
		maps.Copy(completed, gap.Missing)
		if !s.Selects("ServiceMonitor", "shop", completed, nil) {
			t.Fatalf("%v with %+v is not selected", object, gap)
		}
	}
	if addable < 1000 {
		t.Errorf("only %d gaps to close", addable)
	}
}
