package main

import (
	"context"
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	prompkg "github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	"github.com/prometheus-operator/prometheus-operator/pkg/prometheus/validation"
)

// server is the sync of pkg/prometheus/server.
func (s *sync) server(ctx context.Context, p *monitoringv1.Prometheus, gates Gates) error {
	if err := s.selectMonitors(ctx); err != nil {
		return err
	}
	if err := s.rules(ctx, p); err != nil {
		return err
	}

	var opts []prompkg.ConfigGeneratorOption
	if gates.EndpointSlice {
		opts = append(opts, prompkg.WithEndpointSliceSupport())
	}
	if gates.RetentionPolicies {
		opts = append(opts, prompkg.WithPrometheusRetentionPolicies())
	}
	if gates.TopologySharding {
		opts = append(opts, prompkg.WithPrometheusTopologySharding())
	}
	if gates.PodTopologyLabels {
		opts = append(opts, prompkg.WithPodTopologyLabelsSupport())
	}
	cg, err := prompkg.NewConfigGenerator(s.logger, p, opts...)
	if err != nil {
		return err
	}
	if unmanaged(p) {
		s.answer.Unmanaged = true
		return nil
	}

	if err := s.serverAssets(ctx, p, cg); err != nil {
		return err
	}
	scrape, err := s.secret(ctx, "scrape configs", p.Spec.AdditionalScrapeConfigs)
	if err != nil {
		return err
	}
	alertRelabel, err := s.secret(ctx, "alert relabel configs", p.Spec.AdditionalAlertRelabelConfigs)
	if err != nil {
		return err
	}
	alertmanager, err := s.secret(ctx, "alert manager configs", p.Spec.AdditionalAlertManagerConfigs)
	if err != nil {
		return err
	}

	config, err := cg.GenerateServerConfiguration(p,
		s.serviceMonitors.ValidResources(),
		s.podMonitors.ValidResources(),
		s.probes.ValidResources(),
		s.scrapeConfigs.ValidResources(),
		s.store, scrape, alertRelabel, alertmanager, s.answer.RuleConfigMaps)
	if err != nil {
		return fmt.Errorf("generating config failed: %w", err)
	}
	s.answer.Config = string(config)
	return nil
}

// unmanaged reports whether the operator leaves the configuration to the user.
func unmanaged(p *monitoringv1.Prometheus) bool {
	return p.Spec.ServiceMonitorSelector == nil && p.Spec.PodMonitorSelector == nil &&
		p.Spec.ProbeSelector == nil && p.Spec.ScrapeConfigSelector == nil
}

// serverAssets loads the Secrets and ConfigMaps that the Prometheus object itself refers to.
func (s *sync) serverAssets(ctx context.Context, p *monitoringv1.Prometheus, cg *prompkg.ConfigGenerator) error {
	if err := prompkg.AddRemoteReadsToStore(ctx, s.store, p.Namespace, p.Spec.RemoteRead); err != nil {
		return err
	}
	if err := cg.AddRemoteWriteToStore(ctx, s.store, p.Namespace, p.Spec.RemoteWrite); err != nil {
		return err
	}
	if err := prompkg.AddAPIServerConfigToStore(ctx, s.store, p.Namespace, p.Spec.APIServerConfig); err != nil {
		return err
	}
	if err := s.alertmanagers(ctx, p); err != nil {
		return err
	}
	if err := prompkg.AddScrapeClassesToStore(ctx, s.store, p.Namespace, p.Spec.ScrapeClasses); err != nil {
		return fmt.Errorf("failed to process scrape classes: %w", err)
	}
	return nil
}

// alertmanagers does the work of two unexported functions of the operator: all endpoints are
// checked before any is loaded.
func (s *sync) alertmanagers(ctx context.Context, p *monitoringv1.Prometheus) error {
	if p.Spec.Alerting == nil {
		return nil
	}
	for i, am := range p.Spec.Alerting.Alertmanagers {
		if err := checkAlertmanager(p, am); err != nil {
			return fmt.Errorf("alertmanager %d: %w", i, err)
		}
	}
	for i, am := range p.Spec.Alerting.Alertmanagers {
		for _, load := range []func() error{
			func() error { return s.store.AddBasicAuth(ctx, p.Namespace, am.BasicAuth) },
			func() error { return s.store.AddSafeAuthorizationCredentials(ctx, p.Namespace, am.Authorization) },
			func() error { return s.store.AddSigV4(ctx, p.Namespace, am.Sigv4) },
			func() error { return s.store.AddTLSConfig(ctx, p.Namespace, am.TLSConfig) },
			func() error { return s.store.AddProxyConfig(ctx, p.Namespace, am.ProxyConfig) },
		} {
			if err := load(); err != nil {
				return fmt.Errorf("alertmanager %d: %w", i, err)
			}
		}
	}
	return nil
}

func checkAlertmanager(p *monitoringv1.Prometheus, am monitoringv1.AlertmanagerEndpoints) error {
	ways := 0
	for _, set := range []bool{
		am.BearerTokenFile != "", //nolint:staticcheck // The operator still takes it.
		am.BasicAuth != nil, am.Authorization != nil, am.Sigv4 != nil,
	} {
		if set {
			ways++
		}
	}
	if ways > 1 {
		return errors.New("at most one way to authenticate can be set")
	}
	check, err := validation.NewLabelConfigValidator(p)
	if err != nil {
		return err
	}
	if err := check.Validate(am.RelabelConfigs); err != nil {
		return fmt.Errorf("invalid relabelings: %w", err)
	}
	if err := check.Validate(am.AlertRelabelConfigs); err != nil {
		return fmt.Errorf("invalid alertRelabelings: %w", err)
	}
	return nil
}
