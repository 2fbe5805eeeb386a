package main

import (
	"context"
	"fmt"

	"github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/informers"
	"github.com/prometheus-operator/prometheus-operator/pkg/namespacelabeler"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	prompkg "github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	"github.com/prometheus/prometheus/promql/parser"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// mounted is the minimum number of rule ConfigMaps that are mounted.
const mounted = 3

// rules selects the rules and spreads them over ConfigMaps.
func (s *sync) rules(ctx context.Context, p *monitoringv1.Prometheus) error {
	namespaces, err := operator.SelectNamespacesFromCache(p, p.Spec.RuleNamespaceSelector, s.namespaces)
	if err != nil {
		return fmt.Errorf("selecting PrometheusRule failed: %w", err)
	}
	cache, err := resource(monitoringv1.SchemeGroupVersion.WithResource(monitoringv1.PrometheusRuleName),
		&monitoringv1.PrometheusRule{}, s.set.byKind[monitoringv1.PrometheusRuleKind])
	if err != nil {
		return err
	}
	selector, err := operator.NewPrometheusRuleSelector(
		operator.PrometheusFormat,
		operator.StringValOrDefault(p.Spec.Version, operator.DefaultPrometheusVersion),
		p.Spec.RuleSelector,
		namespacelabeler.New(p.Spec.EnforcedNamespaceLabel, excluded(p), true),
		cache, s.events, s.logger, parserOptions(p))
	if err != nil {
		return fmt.Errorf("selecting PrometheusRule failed: initializing PrometheusRules failed: %w", err)
	}
	selection, err := selector.Select(namespaces)
	if err != nil {
		return fmt.Errorf("selecting PrometheusRule failed: selecting PrometheusRules failed: %w", err)
	}
	reject(s.answer, monitoringv1.PrometheusRuleKind, selection.Selected())
	if err := s.unseenRules(p, namespaces, cache, selection); err != nil {
		return err
	}
	s.answer.RuleFiles = selection.RuleFiles()
	return s.ruleConfigMaps(ctx, p, selection.RuleFiles())
}

// unseenRules reports the rules that the operator silently leaves out because it could not enforce
// the namespace label in them.
func (s *sync) unseenRules(p *monitoringv1.Prometheus, namespaces []string, cache *informers.ForResource, selection operator.PrometheusRuleSelection) error {
	sel, err := metav1.LabelSelectorAsSelector(p.Spec.RuleSelector)
	if err != nil {
		return err
	}
	selected := selection.Selected()
	for _, ns := range namespaces {
		err := cache.ListAllByNamespace(ns, sel, func(obj any) {
			rule := obj.(*monitoringv1.PrometheusRule)
			key := rule.Namespace + "/" + rule.Name
			if _, ok := selected[key]; !ok {
				s.answer.Rejected[monitoringv1.PrometheusRuleKind+"/"+key] = "unseen: the namespace label could not be enforced"
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sync) ruleConfigMaps(ctx context.Context, p *monitoringv1.Prometheus, files map[string]string) error {
	client := s.client.CoreV1().ConfigMaps(p.Namespace)
	own := labels.Set{prompkg.LabelPrometheusName: p.Name}
	syncer := operator.NewPrometheusRuleSyncer(s.logger, "prometheus-"+p.Name, client, own,
		[]operator.ObjectOption{operator.WithManagingOwner(p)})
	names, err := syncer.Sync(ctx, files)
	if err != nil {
		return fmt.Errorf("synchronizing PrometheusRules failed: %w", err)
	}
	s.answer.RuleConfigMaps = syncer.AppendConfigMapNames(names, mounted)

	written, err := client.List(ctx, metav1.ListOptions{LabelSelector: own.String()})
	if err != nil {
		return fmt.Errorf("listing the ConfigMaps of rules: %w", err)
	}
	s.answer.RuleFileConfigMaps = map[string]string{}
	for _, cm := range written.Items {
		for file := range cm.Data {
			s.answer.RuleFileConfigMaps[file] = cm.Name
		}
	}
	return nil
}

// excluded joins the exceptions from enforcement with those of a deprecated field.
func excluded(p *monitoringv1.Prometheus) []monitoringv1.ObjectReference {
	refs := append([]monitoringv1.ObjectReference{}, p.Spec.ExcludedFromEnforcement...)
	for _, rule := range p.Spec.PrometheusRulesExcludedFromEnforce {
		refs = append(refs, monitoringv1.ObjectReference{
			Namespace: rule.RuleNamespace,
			Group:     monitoring.GroupName,
			Resource:  monitoringv1.PrometheusRuleName,
			Name:      rule.RuleName,
		})
	}
	return refs
}

func parserOptions(p *monitoringv1.Prometheus) parser.Options {
	var options parser.Options
	for _, feature := range p.Spec.EnableFeatures {
		switch feature {
		case "promql-experimental-functions":
			options.EnableExperimentalFunctions = true
		case "promql-duration-expr":
			options.ExperimentalDurationExpr = true
		case "promql-extended-range-selectors":
			options.EnableExtendedRangeSelectors = true
		case "promql-binop-fill-modifiers":
			options.EnableBinopFillModifiers = true
		}
	}
	return options
}
