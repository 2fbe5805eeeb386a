package upgrade

import (
	"context"
	"slices"
	"strings"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// An instance is a Prometheus or PrometheusAgent that is upgraded.
type instance struct {
	relabelings

	common *monitoringv1.CommonPrometheusFields
	server *monitoringv1.PrometheusSpec // nil for an agent
}

func newPrometheus(to semver.Version) func(context.Context, *monitoringv1.Prometheus, validation.Snapshot) (*instance, error) {
	return func(_ context.Context, p *monitoringv1.Prometheus, _ validation.Snapshot) (*instance, error) {
		return newInstance(p.Namespace+"/"+p.Name, &p.Spec.CommonPrometheusFields, &p.Spec, to), nil
	}
}

func newAgent(to semver.Version) func(context.Context, *monitoringv1alpha1.PrometheusAgent, validation.Snapshot) (*instance, error) {
	return func(_ context.Context, p *monitoringv1alpha1.PrometheusAgent, _ validation.Snapshot) (*instance, error) {
		return newInstance(p.Namespace+"/"+p.Name, &p.Spec.CommonPrometheusFields, nil, to), nil
	}
}

func newInstance(name string, common *monitoringv1.CommonPrometheusFields, server *monitoringv1.PrometheusSpec, to semver.Version) *instance {
	i := &instance{common: common, server: server}
	version := common.Version
	if version == "" {
		version = promconfig.DefaultVersion
	}
	running, err := semver.ParseTolerant(version)
	if err != nil {
		return i // another check reports it
	}
	i.step = step{from: dialect.VersionOf(running), to: dialect.VersionOf(to), name: name}
	for n, class := range common.ScrapeClasses {
		at := spec.At("scrapeClasses").Index(n)
		i.addTargets(at.At("relabelings"), class.Relabelings)
		i.addSamples(at.At("metricRelabelings"), class.MetricRelabelings)
	}
	for n, write := range common.RemoteWrite {
		i.addSamples(spec.At("remoteWrite").Index(n).At("writeRelabelConfigs"), write.WriteRelabelConfigs)
	}
	return i
}

// features are the feature flags, with their places.
func (i *instance) features() []validation.Text {
	var all []validation.Text
	add := func(at validation.Place, list string) {
		for name := range strings.SplitSeq(list, ",") {
			all = append(all, validation.Text{Place: at, Value: name})
		}
	}
	for n, f := range i.common.EnableFeatures {
		add(spec.At("enableFeatures").Index(n), string(f))
	}
	for n, a := range i.common.AdditionalArgs {
		if a.Name == "enable-feature" {
			add(spec.At("additionalArgs").Index(n).At("value"), a.Value)
		}
	}
	return all
}

func hasFeature(features []string, name string) bool { return slices.Contains(features, name) }

// has reports whether a feature flag is set.
func (i *instance) has(feature string) bool {
	return slices.ContainsFunc(i.features(), func(f validation.Text) bool { return f.Value == feature })
}

// version is the place of the version.
func (i *instance) version() validation.Place { return spec.At("version") }
