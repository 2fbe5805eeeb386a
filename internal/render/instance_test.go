package render

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// TestInstance: an agent of the name of a Prometheus is rendered as an agent, with the jobs of each
// monitor, and a Secret that nobody has read is no reason to leave a monitor out.
func TestInstance(t *testing.T) {
	model := cluster.New(cluster.Options{KeepObjects: true})
	agent := &monitoringv1alpha1.PrometheusAgent{}
	agent.Namespace, agent.Name = "monitoring", "main"
	agent.Spec.ScrapeInterval = "30s"
	agent.Spec.ServiceMonitorSelector, agent.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
	secret := monitor("shop", "secret", "web", 0)
	secret.Spec.Endpoints = append(secret.Spec.Endpoints, secret.Spec.Endpoints[0])
	secret.Spec.Endpoints[1].Port = "admin"
	secret.Spec.Endpoints[1].BasicAuth = &monitoringv1.BasicAuth{}
	secret.Spec.Endpoints[1].BasicAuth.Username.Name, secret.Spec.Endpoints[1].BasicAuth.Username.Key = "login", "user"
	secret.Spec.Endpoints[1].BasicAuth.Password.Name, secret.Spec.Endpoints[1].BasicAuth.Password.Key = "login", "password"
	for _, o := range []selection.Object{prometheus(), agent, monitor("shop", "web", "web", 0), secret} {
		if err := model.Put(o); err != nil {
			t.Fatal(err)
		}
	}
	of := model.Instance(selection.Ref{Kind: monitoringv1alpha1.PrometheusAgentsKind, Namespace: "monitoring", Name: "main"})
	web := selection.Ref{Kind: monitoringv1.ServiceMonitorsKind, Namespace: "shop", Name: "web"}
	withSecret := selection.Ref{Kind: monitoringv1.ServiceMonitorsKind, Namespace: "shop", Name: "secret"}
	for name, c := range map[string]struct {
		assets Assets
		want   map[selection.Ref][]string
	}{
		"Model":  {model.Assets(), map[selection.Ref][]string{web: {"serviceMonitor/shop/web/0"}}},
		"Unread": {Unread{}, map[selection.Ref][]string{web: {"serviceMonitor/shop/web/0"}, withSecret: {"serviceMonitor/shop/secret/0", "serviceMonitor/shop/secret/1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Instance(model, of, c.assets, promconfig.AsInstalled(), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, r.Jobs); diff != "" {
				t.Errorf("jobs (-want +got):\n%s", diff)
			}
			if len(r.RuleFiles) > 0 || len(r.LeftOut)+len(r.Jobs) != 2 {
				t.Errorf("rule files %v, left out %v", r.RuleFiles, r.LeftOut)
			}
		})
	}
}
