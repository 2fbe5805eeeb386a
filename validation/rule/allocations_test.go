package rule

import (
	"encoding/json"
	"fmt"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/validation"
)

// TestAllocations: the checks allocate less than half of what decoding and parsing do, without which there is no verdict.
func TestAllocations(t *testing.T) {
	const mostBeside = 0.5
	object := manyAlerts(t, 50)
	decode := func() *monitoringv1.PrometheusRule {
		decoded, err := Kind().Decode(object)
		if err != nil {
			t.Fatal(err)
		}
		return decoded.(*monitoringv1.PrometheusRule)
	}
	reader := parser.NewParser(validation.Permissive().PromQL)
	least := testing.AllocsPerRun(3, func() {
		for _, r := range decode().Spec.Groups[0].Rules {
			if _, err := reader.ParseExpr(r.Expr.String()); err != nil {
				t.Fatal(err)
			}
		}
	})
	kind := Kind()
	all := testing.AllocsPerRun(3, func() {
		found, err := kind.Run(t.Context(), object, validation.Permissive(), func(c validation.Info) validation.Severity { return c.Severity })
		if err != nil || len(found) > 0 {
			t.Fatal(found, err)
		}
	})
	if beside := all/least - 1; beside > mostBeside {
		t.Errorf("the checks allocate %.2f times what decoding and parsing do: %.0f beside %.0f", beside, all-least, least)
	}
}

// manyAlerts returns an object with alerts of the size and shape of those of kube-prometheus.
func manyAlerts(t *testing.T, n int) []byte {
	t.Helper()
	object := monitoringv1.PrometheusRule{ObjectMeta: metav1.ObjectMeta{Name: "rules", Namespace: "shop"}}
	group := monitoringv1.RuleGroup{Name: "kubernetes-apps"}
	for i := range n {
		group.Rules = append(group.Rules, monitoringv1.Rule{
			Alert: fmt.Sprintf("KubePodNotReady%d", i),
			Expr: intstr.FromString(fmt.Sprintf(`sum by (namespace, pod, job, cluster) (
  max by (namespace, pod, job, cluster) (kube_pod_status_phase{job="kube-state-metrics", phase=~"Pending|Unknown"})
  * on (namespace, pod, cluster) group_left (owner_kind)
  topk by (namespace, pod, cluster) (1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"}))
) > %d`, i)),
			For:    new(monitoringv1.Duration("15m")),
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"description": "Pod {{ $labels.namespace }}/{{ $labels.pod }} is not ready on {{ $labels.cluster }}.",
				"summary":     "A pod is not ready.",
			},
		})
	}
	object.Spec.Groups = []monitoringv1.RuleGroup{group}
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
