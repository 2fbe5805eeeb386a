package main

import (
	"encoding/json"
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/selection"
)

// A badObject is an object that the API server would reject.
type badObject struct {
	load.Object

	reason string
}

// modelOf returns a model of the objects that configurations of Prometheus are made from, or those of Alertmanager, and ignores other
// kinds. It returns objects that the API server would reject separately, with the reason.
func modelOf(objects []load.Object, notifies bool) (model *cluster.Model, bad []badObject) {
	model = cluster.New(cluster.Options{KeepObjects: true})
	for _, o := range objects {
		kind, known := selection.KindFor(schema.FromAPIVersionAndKind(o.APIVersion, o.Kind))
		if !known || kind.IsOperators() && kind.Notifies != notifies || kind.Kind == selection.ServiceKind || kind.Kind == monitoringv1.ThanosRulerKind {
			continue // no configuration depends on it
		}
		object := kind.New()
		if reason := decodeStorable(o, object); reason != "" {
			bad = append(bad, badObject{o, reason})
			continue
		}
		_ = model.Put(object) // Render returns the error of an unusable instance
	}
	return model, bad
}

// decodeStorable decodes an object, and returns an error if the API server would reject it. Names become
// file names, so they are validated as the API server validates them.
func decodeStorable(o load.Object, obj runtime.Object) (reason string) {
	if o.Name == "" {
		return "metadata.name is missing"
	}
	if wrong := validation.IsDNS1123Subdomain(o.Name); len(wrong) > 0 {
		return "metadata.name: " + wrong[0]
	}
	if wrong := validation.IsDNS1123Label(o.Namespace); o.Kind != "Namespace" && len(wrong) > 0 {
		return "metadata.namespace: " + wrong[0]
	}
	data, err := json.Marshal(o.Fields)
	if err != nil {
		return err.Error()
	}
	if err := json.Unmarshal(data, obj); err != nil {
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return fmt.Sprintf("%s cannot be %s", e.Field, e.Value)
		}
		return err.Error()
	}
	return ""
}
