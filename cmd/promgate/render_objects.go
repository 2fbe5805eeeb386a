package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/render"
)

// A badObject is an object that no API server would store.
type badObject struct {
	load.Object

	reason string
}

// setOf returns the objects that configurations are made of, and those that no API server
// would store, with the reason. It ignores all other kinds.
func setOf(objects []load.Object) (set *render.Set, bad []badObject, err error) {
	set = render.NewSet()
	for _, o := range objects {
		obj := render.NewObject(schema.FromAPIVersionAndKind(o.APIVersion, o.Kind))
		if obj == nil {
			continue
		}
		if reason := storable(o, obj); reason != "" {
			bad = append(bad, badObject{o, reason})
			continue
		}
		if err := set.Add(obj); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.Where(), err)
		}
	}
	return set, bad, nil
}

// storable decodes an object and returns why the API server would refuse it, or "". Names
// become file names, so they are checked as the API server checks them.
func storable(o load.Object, obj runtime.Object) (reason string) {
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
