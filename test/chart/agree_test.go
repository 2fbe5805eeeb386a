package chart

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/test/rig"
)

// TestAgree compares the chart with the kustomizations, object by object. What may differ is what normalise removes.
func TestAgree(t *testing.T) {
	everything := []string{
		"reconcile.enabled=true", "audit.enabled=true",
		"monitoring.monitors.enabled=true", "monitoring.rules.enabled=true", "monitoring.dashboard.enabled=true",
	}
	for _, c := range []struct {
		resource, components string
		values               []string
	}{
		{resource: "base"},
		{resource: "overlays/webhooks-only"},
		{resource: "overlays/single-node", values: []string{"serve.replicas=1"}},
		{resource: "overlays/fail", values: []string{`webhooks.validate.failurePolicy="Fail"`}},
		{resource: "overlays/stand-in", values: []string{"reconcile.enabled=true", `reconcile.mode="stand-in"`}},
		{resource: "overlays/cert-manager", values: []string{`certificates.mode="cert-manager"`}},
		{resource: "base", components: "files", values: []string{`certificates.mode="files"`}},
		{resource: "base", components: "reconcile audit monitoring monitoring/reconcile monitoring/audit", values: everything},
	} {
		t.Run(strings.TrimSpace(c.resource+" "+c.components), func(t *testing.T) {
			want := normalised(kustomize(t, c.resource, c.components))
			// The namespace of a release is not part of the release.
			delete(want, "Namespace /promgate")
			each(t, func(t *testing.T, helm rig.Helm) {
				got := normalised(render(t, helm, installed(c.values...)))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("the chart differs from the kustomization (-kustomize +helm):\n%s", diff)
				}
			})
		})
	}
}

// kustomize builds one of the kustomizations with components.
func kustomize(t *testing.T, resource, components string) []object {
	t.Helper()
	k := rig.Kustomization{Root: root, Resource: resource, Components: strings.Fields(components)}
	built, err := k.Build(t.Context(), kubectl, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, built)
}

// chartLabels are the labels that only the objects of a release have. instance is part of its selectors, so that two releases
// in one namespace do not share pods.
var chartLabels = []string{"app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"}

// selectable are the kinds whose labels something selects by. The label name of other objects is decoration.
var selectable = []string{"Deployment", "Service", "ServiceMonitor", "PodMonitor", "PrometheusRule"}

// defaults are the flags that the chart always sets, with the values that promgate has by itself.
var defaults = []string{
	"--webhook-configurations=promgate",
	"--cert-names=promgate.promgate.svc,promgate.promgate.svc.cluster.local",
	"--ca-secret=promgate/promgate-ca",
}

// normalised returns the objects without what may differ.
func normalised(objects []object) map[string]object {
	byID := map[string]object{}
	for _, o := range objects {
		withoutLabels(map[string]any(o))
		if labels, ok := o.metadata()["labels"].(map[string]any); ok {
			if !slices.Contains(selectable, fmt.Sprint(o["kind"])) {
				delete(labels, "app.kubernetes.io/name")
			}
			if len(labels) == 0 {
				delete(o.metadata(), "labels")
			}
		}
		if pod, ok := o.at("spec", "template", "spec").(map[string]any); ok {
			normalisePod(pod)
		}
		if data, ok := o["data"].(map[string]any); ok {
			for key, text := range data {
				data[key] = strings.TrimSpace(fmt.Sprint(text))
			}
		}
		byID[o.id()] = o
	}
	return byID
}

func withoutLabels(value any) {
	switch value := value.(type) {
	case map[string]any:
		maps.DeleteFunc(value, func(key string, _ any) bool { return slices.Contains(chartLabels, key) })
		for _, v := range value {
			withoutLabels(v)
		}
	case []any:
		for _, v := range value {
			withoutLabels(v)
		}
	}
}

// normalisePod removes the tag and the pull policy of the image, and flags with their defaults. The order of flags has no meaning.
func normalisePod(pod map[string]any) {
	for _, c := range pod["containers"].([]any) {
		container := c.(map[string]any)
		container["image"], _, _ = strings.Cut(fmt.Sprint(container["image"]), ":")
		delete(container, "imagePullPolicy")
		args := container["args"].([]any)
		args = slices.DeleteFunc(args, func(arg any) bool { return slices.Contains(defaults, fmt.Sprint(arg)) })
		slices.SortFunc(args[1:], func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		container["args"] = args
	}
}
