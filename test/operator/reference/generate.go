package main

import (
	"context"
	"fmt"
	"log/slog"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/k8s"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	prompkg "github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
)

// sync is one reconciliation of the operator, limited to the configuration.
type sync struct {
	set    *objects
	p      monitoringv1.PrometheusInterface
	client kubernetes.Interface
	store  *assets.StoreBuilder
	logger *slog.Logger
	answer *Answer

	namespaces *filled
	metrics    *operator.Metrics
	events     *operator.EventRecorder

	serviceMonitors operator.TypedResourcesSelection[*monitoringv1.ServiceMonitor]
	podMonitors     operator.TypedResourcesSelection[*monitoringv1.PodMonitor]
	probes          operator.TypedResourcesSelection[*monitoringv1.Probe]
	scrapeConfigs   operator.TypedResourcesSelection[*monitoringv1alpha1.ScrapeConfig]
}

// generate runs the steps in the order of the operator's controllers, so that it reports the same
// one of several mistakes.
func generate(ctx context.Context, set *objects, r Request, a *Answer) error {
	p, err := set.find(r.Prometheus)
	if err != nil {
		return err
	}
	client := fake.NewClientset(set.core...)
	s := &sync{
		set: set, p: p, answer: a, client: client,
		store:   assets.NewStoreBuilder(client.CoreV1(), client.CoreV1()),
		logger:  slog.New(slog.DiscardHandler),
		metrics: operator.NewMetrics(registry{}),
		// The recorder blocks when it is full; nothing reads it here.
		events: operator.NewFakeRecorder(2*len(r.Objects)+1, p.(runtime.Object)),
	}
	s.namespaces, err = newFilled(corev1.Resource("namespaces"), &corev1.Namespace{}, set.namespaces)
	if err != nil {
		return err
	}
	switch p := p.(type) {
	case *monitoringv1.Prometheus:
		err = s.server(ctx, p, r.Gates)
	case *monitoringv1alpha1.PrometheusAgent:
		err = s.agent(ctx, p, r.Gates)
	}
	if err != nil {
		return err
	}
	a.TLSAssets = map[string]string{}
	for key, data := range s.store.TLSAssets() {
		a.TLSAssets[key] = string(data)
	}
	return nil
}

// selectMonitors selects and checks all objects that become scrape jobs.
func (s *sync) selectMonitors(ctx context.Context) error {
	rs, err := prompkg.NewResourceSelector(s.logger, s.p, s.store, s.namespaces, s.metrics, s.events)
	if err != nil {
		return err
	}
	list := func(kind, plural string, version schema.GroupVersion, example runtime.Object) prompkg.ListAllByNamespaceFn {
		inf, listErr := resource(version.WithResource(plural), example, s.set.byKind[kind])
		if listErr != nil {
			err = listErr
			return nil
		}
		return inf.ListAllByNamespace
	}
	v1, v1alpha1 := monitoringv1.SchemeGroupVersion, monitoringv1alpha1.SchemeGroupVersion
	serviceMonitors := list(monitoringv1.ServiceMonitorsKind, monitoringv1.ServiceMonitorName, v1, &monitoringv1.ServiceMonitor{})
	podMonitors := list(monitoringv1.PodMonitorsKind, monitoringv1.PodMonitorName, v1, &monitoringv1.PodMonitor{})
	probes := list(monitoringv1.ProbesKind, monitoringv1.ProbeName, v1, &monitoringv1.Probe{})
	scrapeConfigs := list(monitoringv1alpha1.ScrapeConfigsKind, monitoringv1alpha1.ScrapeConfigName, v1alpha1, &monitoringv1alpha1.ScrapeConfig{})
	if err != nil {
		return err
	}

	if s.serviceMonitors, err = rs.SelectServiceMonitors(ctx, serviceMonitors); err != nil {
		return fmt.Errorf("selecting ServiceMonitors failed: %w", err)
	}
	if s.podMonitors, err = rs.SelectPodMonitors(ctx, podMonitors); err != nil {
		return fmt.Errorf("selecting PodMonitors failed: %w", err)
	}
	if s.probes, err = rs.SelectProbes(ctx, probes); err != nil {
		return fmt.Errorf("selecting Probes failed: %w", err)
	}
	if s.scrapeConfigs, err = rs.SelectScrapeConfigs(ctx, scrapeConfigs); err != nil {
		return fmt.Errorf("selecting ScrapeConfigs failed: %w", err)
	}
	reject(s.answer, monitoringv1.ServiceMonitorsKind, s.serviceMonitors)
	reject(s.answer, monitoringv1.PodMonitorsKind, s.podMonitors)
	reject(s.answer, monitoringv1.ProbesKind, s.probes)
	reject(s.answer, monitoringv1alpha1.ScrapeConfigsKind, s.scrapeConfigs)
	return nil
}

// reject adds to the answer the selected objects that turned out to be invalid. Their error is not
// exported; the condition's message has the same text.
func reject[T operator.ConfigurationResource](a *Answer, kind string, selection operator.TypedResourcesSelection[T]) {
	for key, res := range selection {
		condition := res.Conditions()[0]
		if condition.Status != monitoringv1.ConditionTrue {
			a.Rejected[kind+"/"+key] = condition.Message
		}
	}
}

// secret loads one of the additional configurations.
func (s *sync) secret(ctx context.Context, what string, ref *corev1.SecretKeySelector) ([]byte, error) {
	secrets := s.client.CoreV1().Secrets(s.p.GetObjectMeta().GetNamespace())
	data, err := k8s.LoadSecretRef(ctx, s.logger, secrets, ref)
	if err != nil {
		return nil, fmt.Errorf("loading additional %s from Secret failed: %w", what, err)
	}
	return data, nil
}
