package cluster

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// ChangeOf returns what another version of an instance does to the known objects. known is false if both select by the same
// selectors, and if one of them cannot be used: then nothing is known of what it selects.
func (m *Model) ChangeOf(before, after *Instance) (change jobs.Change, known bool) {
	if before.Selectors == nil || after.Selectors == nil || reflect.DeepEqual(before.Selectors, after.Selectors) {
		return jobs.Change{}, false
	}
	change = m.index.ChangeOf(after.Ref, before.Selectors, after.Selectors, after.classes)
	change.Clashes = slices.DeleteFunc(change.Clashes, func(c jobs.Clash) bool { return after.OwnNamespaces && isElsewhere(c) })
	return change, true
}

// ChangesOf returns what other labels of a namespace do to the objects in it: a change for each instance that then selects
// otherwise.
func (m *Model) ChangesOf(namespace string, before, after map[string]string) []jobs.Change {
	if maps.Equal(before, after) {
		return nil
	}
	changes := m.index.ChangesOf(namespace, before, after)
	for i := range changes {
		changes[i].Clashes = slices.DeleteFunc(changes[i].Clashes, m.hidden)
	}
	return changes
}

// Candidate returns an instance as it would be in the model, within the scope of the operator, without adding it.
func (m *Model) Candidate(object selection.Object) *Instance {
	i := newInstance(RefOf(object), object, m.assets)
	m.changing.Lock()
	defer m.changing.Unlock()
	i.restrict(m.operator, m.unmanaged)
	return i
}

// JudgesAs reports whether another version of an instance certainly has the same verdict on each object: they differ in nothing
// but fields that are not about objects.
func (i *Instance) JudgesAs(other *Instance) bool {
	a, b := judging(i.Object), judging(other.Object)
	return a != nil && b != nil && reflect.DeepEqual(a, b)
}

// judging returns the part of the spec that may matter for a verdict on the objects that an instance selects.
func judging(object selection.Object) map[string]any {
	all, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil
	}
	spec, _, err := unstructured.NestedMap(all, "spec")
	if err != nil {
		return nil
	}
	maps.DeleteFunc(spec, func(field string, _ any) bool {
		return strings.HasSuffix(field, "Selector") || slices.Contains(notJudging, field)
	})
	return spec
}

// notJudging are fields of instances that no verdict on another object depends on: those of the pods, and what an instance does
// besides loading objects.
var notJudging = []string{
	"affinity", "automountServiceAccountToken", "configMaps", "containers", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases", "hostNetwork", "image", "imagePullPolicy",
	"imagePullSecrets", "initContainers", "listenLocal", "logFormat", "logLevel", "minReadySeconds", "paused", "persistentVolumeClaimRetentionPolicy", "podManagementPolicy",
	"podMetadata", "priorityClassName", "replicas", "resources", "retention", "retentionSize", "secrets", "securityContext", "serviceAccountName", "storage",
	"terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "updateStrategy", "volumeMounts", "volumes",
	"additionalAlertManagerConfigs", "additionalAlertRelabelConfigs", "additionalScrapeConfigs", "alerting", "alertmanagersConfig", "alertmanagersUrl", "externalUrl",
	"objectStorageConfig", "queryConfig", "queryEndpoints", "queryLogFile", "remoteRead", "remoteWrite", "routePrefix", "thanos", "tracingConfig", "web",
}
