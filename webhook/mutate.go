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
	cluster  *cluster.Model // nil if there is no model of the cluster
	settings *atomic.Pointer[Settings]
	metrics  *Metrics
	logger   *slog.Logger
}

// maxListLength leaves room in a warning for the text about opting out, in characters.
const maxListLength = 60

// monitoringGroup is the API group of the operator's objects.
const monitoringGroup = "monitoring.coreos.com"

func (m *mutator) answer(_ context.Context, request *admissionv1.AdmissionRequest) (answer, error) {
	if !changesObject(request) {
		return allowedAnswer(resultSkipped), nil
	}
	wanted, ok := m.settings.Load().Labels.For(request.Kind.Kind)
	if !ok || request.Kind.Group != monitoringGroup {
		return allowedAnswer(resultUnknown, fmt.Sprintf("promgate adds no labels to %s of %s: take it out of the webhook configuration",
			request.Kind.Kind, request.Kind.Group)), nil
	}
	object, err := review.ReadMetadata(request.Object.Raw)
	if err != nil {
		return answer{}, err
	}
	if object.Terminating {
		return allowedAnswer(resultSkipped), nil
	}
	view := cluster.View{Namespace: request.Namespace}
	if m.cluster != nil {
		view = m.cluster.View(request.Namespace)
	}
	if defaulting.Ignored(object.ForDefaulting(), view.Labels) {
		return allowedAnswer(resultIgnored), nil
	}

	add, warning, err := m.missing(request, object, view, wanted)
	if err != nil {
		return answer{}, err
	}
	if len(add) == 0 {
		return allowedAnswer(resultUnchanged), nil
	}
	return m.patched(request, object, add, warning)
}

// missing returns the labels to add, and the warning that goes with them.
func (m *mutator) missing(request *admissionv1.AdmissionRequest, object *review.Metadata, view cluster.View, wanted map[string]string) (map[string]string, []string, error) {
	candidates, known := review.LabelCandidates(request.Kind.Kind, request.Name, object.Labels, view)
	byDefault := m.settings.Load().Labels.Default(request.Kind.Kind)
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
	return add, []string{fmt.Sprintf("put back %s, so that %s picks the object up; to drop it, annotate the object with %s=false",
		report.Clip(defaulting.List(add), maxListLength), withArticle(defaulting.InstanceFor(request.Kind.Kind)), defaulting.OptOut)}, nil
}

// withArticle returns the name of a kind with the indefinite article.
func withArticle(kind string) string {
	if strings.HasPrefix(kind, "A") {
		return "an " + kind
	}
	return "a " + kind
}

func (m *mutator) patched(request *admissionv1.AdmissionRequest, object *review.Metadata, add map[string]string, warning []string) (answer, error) {
	patch, err := json.Marshal(labelPatch(object, add))
	if err != nil {
		return answer{}, fmt.Errorf("encoding the patch: %w", err)
	}
	m.metrics.defaulted(request.Kind.Kind)
	m.logger.Debug("added labels", "kind", request.Kind.Kind, "namespace", request.Namespace,
		"name", request.Name, "labels", defaulting.List(add))

	a := allowedAnswer(resultDefaulted, warning...)
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

// labelPatch adds labels one at a time, and the map of labels if there is none: labels that another
// webhook has added meanwhile stay.
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
