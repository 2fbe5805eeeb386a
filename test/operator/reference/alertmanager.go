package main

import (
	"context"
	"fmt"
	"log/slog"
	"path"
	_ "unsafe" // for go:linkname

	"github.com/blang/semver/v4"
	"github.com/prometheus-operator/prometheus-operator/pkg/alertmanager"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/fake"
)

// The operator exports its builder of configurations, but neither the check of one object nor the beginning from a global
// object.
//
//go:linkname checkAlertmanagerConfigResource github.com/prometheus-operator/prometheus-operator/pkg/alertmanager.checkAlertmanagerConfigResource
func checkAlertmanagerConfigResource(ctx context.Context, c *monitoringv1alpha1.AlertmanagerConfig, version semver.Version, store *assets.StoreBuilder) error

//go:linkname initializeFromAlertmanagerConfig github.com/prometheus-operator/prometheus-operator/pkg/alertmanager.(*ConfigBuilder).initializeFromAlertmanagerConfig
func initializeFromAlertmanagerConfig(b *alertmanager.ConfigBuilder, ctx context.Context, global *monitoringv1.AlertmanagerGlobalConfig, c *monitoringv1alpha1.AlertmanagerConfig) error

// generateAlertmanager is the part of a sync of pkg/alertmanager that makes the configuration. Every AlertmanagerConfig of
// the request is selected.
func generateAlertmanager(ctx context.Context, set *objects, r Request, a *Answer) error {
	am, err := set.alertmanager(r.Alertmanager)
	if err != nil {
		return err
	}
	version, err := semver.ParseTolerant(operator.StringValOrDefault(am.Spec.Version, operator.DefaultAlertmanagerVersion))
	if err != nil {
		return fmt.Errorf("failed to parse alertmanager version: %w", err)
	}
	client := fake.NewClientset(set.core...)
	store := assets.NewStoreBuilder(client.CoreV1(), client.CoreV1())
	all, err := set.alertmanagerConfigs()
	if err != nil {
		return err
	}
	builder := alertmanager.NewConfigBuilder(slog.New(slog.DiscardHandler), version, store, am)
	if c := am.Spec.AlertmanagerConfiguration; c != nil {
		global, ok := all[am.Namespace+"/"+c.Name]
		if !ok {
			return fmt.Errorf("there is no global AlertmanagerConfig %s", c.Name)
		}
		delete(all, am.Namespace+"/"+c.Name)
		if err := initializeFromAlertmanagerConfig(builder, ctx, c.Global, global); err != nil {
			return fmt.Errorf("failed to initialize from global AlertmanagerConfig: %w", err)
		}
	} else if err := builder.InitializeFromRawConfiguration(set.rawConfiguration(am)); err != nil {
		return fmt.Errorf("failed to initialize from secret: %w", err)
	}
	for name, c := range all {
		if err := checkAlertmanagerConfigResource(ctx, c, version, store); err != nil {
			a.Rejected[path.Join(monitoringv1alpha1.AlertmanagerConfigKind, name)] = err.Error()
			delete(all, name)
		}
	}
	if err := builder.AddAlertmanagerConfigs(ctx, all); err != nil {
		return fmt.Errorf("failed to generate Alertmanager configuration: %w", err)
	}
	text, err := builder.MarshalJSON() // it is YAML
	if err != nil {
		return err
	}
	a.Config = string(text)
	a.TLSAssets = map[string]string{}
	for key, data := range store.TLSAssets() {
		a.TLSAssets[key] = string(data)
	}
	return nil
}

// alertmanager returns the Alertmanager that the request names.
func (o *objects) alertmanager(key string) (*monitoringv1.Alertmanager, error) {
	for _, obj := range o.byKind[monitoringv1.AlertmanagersKind] {
		if am := obj.(*monitoringv1.Alertmanager); am.Namespace+"/"+am.Name == key {
			return am, nil
		}
	}
	return nil, fmt.Errorf("no Alertmanager is %s", key)
}

// alertmanagerConfigs returns the objects by namespace/name, as the version that is stored.
func (o *objects) alertmanagerConfigs() (map[string]*monitoringv1alpha1.AlertmanagerConfig, error) {
	all := map[string]*monitoringv1alpha1.AlertmanagerConfig{}
	for _, obj := range o.byKind[monitoringv1alpha1.AlertmanagerConfigKind] {
		c, ok := obj.(*monitoringv1alpha1.AlertmanagerConfig)
		if beta, isBeta := obj.(*monitoringv1beta1.AlertmanagerConfig); isBeta {
			c, ok = &monitoringv1alpha1.AlertmanagerConfig{}, true
			if err := beta.ConvertTo(c); err != nil {
				return nil, fmt.Errorf("converting %s/%s: %w", beta.Namespace, beta.Name, err)
			}
		}
		if ok {
			all[c.Namespace+"/"+c.Name] = c
		}
	}
	return all, nil
}

// rawConfiguration returns the configuration in the Secret of an Alertmanager, or the operator's default one.
func (o *objects) rawConfiguration(am *monitoringv1.Alertmanager) []byte {
	name := am.Spec.ConfigSecret
	if name == "" {
		name = "alertmanager-" + am.Name
	}
	for _, obj := range o.core {
		if secret, ok := obj.(*corev1.Secret); ok && secret.Namespace == am.Namespace && secret.Name == name && len(secret.Data["alertmanager.yaml"]) > 0 {
			return secret.Data["alertmanager.yaml"]
		}
	}
	return []byte("route:\n  receiver: 'null'\nreceivers:\n- name: 'null'")
}
