package webhook

import (
	"encoding/json"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation/builtin"
)

// TestRemovedRecord: an update that removes a record which other rules use is admitted with a warning
// that names them.
func TestRemovedRecord(t *testing.T) {
	model := cluster.New(cluster.Options{})
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "main"
	p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
	user := &monitoringv1.PrometheusRule{}
	if err := json.Unmarshal(ruleObject(`[{"name":"a","rules":[{"alert":"Slow","expr":"job:web:rate5m < 1"}]}]`), user); err != nil {
		t.Fatal(err)
	}
	user.Name = "alerts"
	if err := model.Put(p); err != nil {
		t.Fatal(err)
	}
	if err := model.Put(cluster.DigestOf(user)); err != nil {
		t.Fatal(err)
	}
	settings := &atomic.Pointer[Settings]{}
	settings.Store(&Settings{Labels: defaulting.AsInstalled()})
	v := &validator{
		reviewer: &review.Reviewer{Kinds: builtin.Kinds(), Cluster: model}, settings: settings,
		metrics: NewMetrics(prometheus.NewRegistry()), logger: slog.New(slog.DiscardHandler),
	}
	request := update(ruleRequest(`[{"name":"a","rules":[{"record":"job:web:rate1m","expr":"sum by (job) (rate(web[1m]))"}]}]`),
		`[{"name":"a","rules":[{"record":"job:web:rate5m","expr":"sum by (job) (rate(web[5m]))"}]}]`)
	a, err := v.answer(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if warnings := strings.Join(a.response.Warnings, "\n"); !a.response.Allowed || !strings.Contains(warnings, "job:web:rate5m") || !strings.Contains(warnings, "shop/alerts") {
		t.Errorf("allowed is %v, with the warnings %q", a.response.Allowed, warnings)
	}
}
