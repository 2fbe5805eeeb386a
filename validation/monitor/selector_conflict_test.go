package monitor_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	klabels "k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// TestSelectorConflict compares the check with the relabelings that the operator writes, and with
// the API server's selectors: where it speaks, no pod is a target.
func TestSelectorConflict(t *testing.T) {
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"a.b", "a-b", "a_b", "c"}
	pods := assignments(keys, []string{"", "x", "y", "z", "other"})
	r := rand.New(rand.NewPCG(4, 0))
	for _, byAPIServer := range []bool{false, true} {
		spoke, silent, missed := 0, 0, 0
		for range 1500 {
			s := randomDemands(r, keys)
			matches := selectsByAPIServer(t, s)
			if !byAPIServer {
				matches = selectsByRelabelings(t, g, keys, s)
			}
			found := part.SelectorConflict.Run(part.LabelSelector{LabelSelector: s, ByAPIServer: byAPIServer}, validation.Snapshot{})
			some := slices.ContainsFunc(pods, func(pod map[string]string) bool {
				first, second := r.Perm(len(keys)), r.Perm(len(keys))
				return matches(pod, first) || matches(pod, second)
			})
			switch {
			case len(found) > 0 && some:
				t.Fatalf("%+v matches, but: %s", s, found[0].Problem)
			case len(found) > 0:
				spoke++
			case some:
				silent++
			default:
				missed++
			}
		}
		t.Logf("by the API server: %t; spoke %d, silent %d, missed %d", byAPIServer, spoke, silent, missed)
		if spoke < 100 || silent < 200 || missed > 0 {
			t.Errorf("by the API server: %t; spoke %d, silent %d, missed %d", byAPIServer, spoke, silent, missed)
		}
	}
}

// assignments returns all sets of labels with these keys and values, where "" is no label.
func assignments(keys, values []string) []map[string]string {
	all := []map[string]string{{}}
	for _, key := range keys {
		var more []map[string]string
		for _, set := range all {
			for _, value := range values {
				with := map[string]string{}
				maps.Copy(with, set)
				if value != "" {
					with[key] = value
				}
				more = append(more, with)
			}
		}
		all = more
	}
	return all
}

func randomDemands(r *rand.Rand, keys []string) metav1.LabelSelector {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	values := []string{"x", "y", "z"}
	s := metav1.LabelSelector{MatchLabels: map[string]string{}}
	for range r.IntN(3) {
		s.MatchLabels[pick(keys)] = pick(values)
	}
	for range r.IntN(5) {
		e := metav1.LabelSelectorRequirement{Key: pick(keys), Operator: metav1.LabelSelectorOperator(pick([]string{"In", "NotIn", "Exists", "DoesNotExist"}))}
		if strings.HasSuffix(string(e.Operator), "In") {
			for _, i := range r.Perm(len(values))[:1+r.IntN(2)] {
				e.Values = append(e.Values, values[i])
			}
		}
		s.MatchExpressions = append(s.MatchExpressions, e)
	}
	return s
}

// A matcher reports whether a pod is a target. Where two of its labels become one, the later one
// in the order of the keys is kept.
type matcher func(pod map[string]string, order []int) bool

func selectsByAPIServer(t *testing.T, s metav1.LabelSelector) matcher {
	t.Helper()
	selector, err := metav1.LabelSelectorAsSelector(&s)
	if err != nil {
		t.Fatal(err)
	}
	return func(pod map[string]string, _ []int) bool { return selector.Matches(klabels.Set(pod)) }
}

// selectsByRelabelings runs the relabelings of a PodMonitor over the labels that Prometheus' discovery
// gives a pod: it goes over a map of labels, in any order.
func selectsByRelabelings(t *testing.T, g *promconfig.Generator, keys []string, s metav1.LabelSelector) matcher {
	t.Helper()
	m := &monitoringv1.PodMonitor{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}
	m.Spec.Selector, m.Spec.PodMetricsEndpoints = s, []monitoringv1.PodMetricsEndpoint{{}}
	text, err := yaml.Marshal(g.PodMonitor(m).Jobs[0].Fields)
	if err != nil {
		t.Fatal(err)
	}
	var job struct {
		Relabelings []*relabel.Config `yaml:"relabel_configs"`
	}
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(string(text), "$(SHARD)", "0")), &job); err != nil {
		t.Fatal(err)
	}
	for _, c := range job.Relabelings {
		if err := c.Validate(model.UTF8Validation); err != nil {
			t.Fatal(err)
		}
	}
	return func(pod map[string]string, order []int) bool {
		b := labels.NewBuilder(labels.FromStrings("__address__", "10.0.0.1:80", "__meta_kubernetes_pod_phase", "Running"))
		for _, i := range order {
			name := keys[i]
			value, has := pod[name]
			if !has {
				continue
			}
			b.Set("__meta_kubernetes_pod_label_"+relabeling.SanitizeLabelName(name), value)
			b.Set("__meta_kubernetes_pod_labelpresent_"+relabeling.SanitizeLabelName(name), "true")
		}
		return relabel.ProcessBuilder(b, job.Relabelings...)
	}
}
