package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/review"
)

// mutator answers the mutating webhook.
type mutator struct {
	cluster  *cluster.Model // nil if nothing is known of the cluster
	settings *atomic.Pointer[Settings]
	metrics  *Metrics
	logger   *slog.Logger
}

// maxListLength leaves room for how to opt out in a warning, in characters.
const maxListLength = 60

// monitoringGroup is the API group of the operator's objects.
const monitoringGroup = "monitoring.coreos.com"

func (m *mutator) answer(_ context.Context, request *admissionv1.AdmissionRequest) (answer, error) {
	if !changesObject(request) {
		return allowed(resultSkipped), nil
	}
	wanted, ok := m.settings.Load().Labels.For(request.Kind.Kind)
	if !ok || request.Kind.Group != monitoringGroup {
		return allowed(resultUnknown, fmt.Sprintf("promgate adds no labels to %s of %s: take it out of the webhook configuration",
			request.Kind.Kind, request.Kind.Group)), nil
	}
	object, err := review.ReadMetadata(request.Object.Raw)
	if err != nil {
		return answer{}, err
	}
	if object.Terminating {
		return allowed(resultSkipped), nil
	}
	view := cluster.View{Namespace: request.Namespace}
	if m.cluster != nil {
		view = m.cluster.View(request.Namespace)
	}
	if defaulting.Ignored(object.ForDefaulting(), view.Labels) {
		return allowed(resultIgnored), nil
	}

	add, warning, err := m.missing(request, object, view, wanted)
	if err != nil {
		return answer{}, err
	}
	if len(add) == 0 {
		return allowed(resultUnchanged), nil
	}
	return m.patched(request, object, add, warning)
}

// missing is the labels to add, and the warning that goes with them.
func (m *mutator) missing(request *admissionv1.AdmissionRequest, object *review.Metadata, view cluster.View, wanted map[string]string) (map[string]string, []string, error) {
	candidates, known := candidates(request.Kind.Kind, object, view)
	byDefault := m.settings.Load().DefaultPrometheus
	if request.Operation == admissionv1.Create {
		if known {
			wanted = defaulting.Choose(candidates, byDefault)
		}
		return defaulting.Create(object.ForDefaulting(), view.Labels, wanted), nil, nil
	}
	stored, err := review.ReadMetadata(request.OldObject.Raw)
	if err != nil {
		return nil, nil, err
	}
	if known {
		wanted = defaulting.Dropped(candidates, stored.ForDefaulting(), byDefault)
	}
	add := defaulting.Update(object.ForDefaulting(), stored.ForDefaulting(), view.Labels, wanted)
	if len(add) == 0 {
		return nil, nil, nil
	}
	return add, []string{fmt.Sprintf("put back %s, so that a Prometheus picks the object up; to drop it, annotate the object with %s=false",
		report.Clip(defaulting.List(add), maxListLength), defaulting.OptOut)}, nil
}

// candidates returns the labels with which some instance would select an object that none
// selects. known is false if no instance asks for objects of its kind.
func candidates(kind string, object *review.Metadata, view cluster.View) (candidates []defaulting.Candidate, known bool) {
	standing, known := view.Standing(kind, object.Labels)
	if len(standing.SelectedBy) > 0 {
		return nil, known
	}
	for _, near := range standing.Near {
		if near.Gap.Addable() {
			candidates = append(candidates, defaulting.Candidate{Prometheus: near.Name, Labels: near.Gap.Missing})
		}
	}
	return candidates, known
}

func (m *mutator) patched(request *admissionv1.AdmissionRequest, object *review.Metadata, add map[string]string, warning []string) (answer, error) {
	patch, err := json.Marshal(labelPatch(object, add))
	if err != nil {
		return answer{}, fmt.Errorf("encoding the patch: %w", err)
	}
	m.metrics.defaulted(request.Kind.Kind)
	m.logger.Debug("added labels", "kind", request.Kind.Kind, "namespace", request.Namespace,
		"name", request.Name, "labels", defaulting.List(add))

	a := allowed(resultDefaulted, warning...)
	patchType := admissionv1.PatchTypeJSONPatch
	a.response.Patch = patch
	a.response.PatchType = &patchType
	a.response.AuditAnnotations = map[string]string{"added-labels": defaulting.List(add)}
	return a, nil
}

// patchOperation is one operation of a JSON patch (RFC 6902).
type patchOperation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// labelPatch adds labels, and the map if there is none, one label at a time: what
// another webhook has added meanwhile stays.
func labelPatch(object *review.Metadata, add map[string]string) []patchOperation {
	if object.Labels == nil {
		return []patchOperation{{Op: "add", Path: "/metadata/labels", Value: add}}
	}
	var patch []patchOperation
	for _, name := range slices.Sorted(maps.Keys(add)) {
		patch = append(patch, patchOperation{Op: "add", Path: "/metadata/labels/" + escapePointer.Replace(name), Value: add[name]})
	}
	return patch
}

// escapePointer escapes a reference token of a JSON pointer (RFC 6901).
var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")
