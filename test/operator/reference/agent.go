package main

import (
	"context"
	"fmt"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	prompkg "github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
)

// agent is the sync of pkg/prometheus/agent, with the gate for DaemonSets open. That controller has
// no gate for retention policies.
func (s *sync) agent(ctx context.Context, p *monitoringv1alpha1.PrometheusAgent, gates Gates) error {
	var opts []prompkg.ConfigGeneratorOption
	if gates.EndpointSlice {
		opts = append(opts, prompkg.WithEndpointSliceSupport())
	}
	if mode := p.Spec.Mode; mode != nil && *mode == monitoringv1alpha1.DaemonSetPrometheusAgentMode {
		opts = append(opts, prompkg.WithDaemonSet())
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
	if err := s.selectMonitors(ctx); err != nil {
		return err
	}

	if err := cg.AddRemoteWriteToStore(ctx, s.store, p.Namespace, p.Spec.RemoteWrite); err != nil {
		return err
	}
	if err := prompkg.AddAPIServerConfigToStore(ctx, s.store, p.Namespace, p.Spec.APIServerConfig); err != nil {
		return err
	}
	if err := prompkg.AddScrapeClassesToStore(ctx, s.store, p.Namespace, p.Spec.ScrapeClasses); err != nil {
		return fmt.Errorf("failed to process scrape classes: %w", err)
	}
	scrape, err := s.secret(ctx, "scrape configs", p.Spec.AdditionalScrapeConfigs)
	if err != nil {
		return err
	}

	config, err := cg.GenerateAgentConfiguration(
		s.serviceMonitors.ValidResources(),
		s.podMonitors.ValidResources(),
		s.probes.ValidResources(),
		s.scrapeConfigs.ValidResources(),
		s.store, scrape)
	if err != nil {
		return fmt.Errorf("generating config failed: %w", err)
	}
	s.answer.Config = string(config)
	return nil
}
