package parity

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	findingtext "github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// modelOf creates a model of the objects of a request.
func modelOf(r *Request) (*cluster.Model, error) {
	model := cluster.New(cluster.Options{KeepObjects: true})
	for _, data := range r.Objects {
		object, err := decode(data)
		if err != nil {
			return nil, err
		}
		_ = model.Put(object) // an invalid instance is an error only when it is rendered
	}
	return model, nil
}

// decode reads an object of a request. Requests contain only kinds that promgate knows.
func decode(data json.RawMessage) (selection.Object, error) {
	var head metav1.TypeMeta
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("reading an object: %w", err)
	}
	kind, known := selection.KindFor(head.GroupVersionKind())
	if !known {
		return nil, fmt.Errorf("an object of an unknown kind: %s", head.GroupVersionKind())
	}
	object := kind.New()
	if err := json.Unmarshal(data, object); err != nil {
		return nil, fmt.Errorf("reading a %s: %w", head.Kind, err)
	}
	return object, nil
}

// renderModel renders for the Prometheus of a request, with files in the given paths.
func renderModel(r *Request, model *cluster.Model, paths promconfig.Paths) (*render.Result, error) {
	namespace, name, _ := strings.Cut(r.Prometheus, "/")
	return render.Render(model, types.NamespacedName{Namespace: namespace, Name: name}, promconfig.Options{
		EndpointSlice:     r.Gates.EndpointSlice,
		RetentionPolicies: r.Gates.RetentionPolicies,
		TopologySharding:  r.Gates.TopologySharding,
		PodTopologyLabels: r.Gates.PodTopologyLabels,
		Paths:             paths,
	}, time.Now())
}

// askPromgate returns promgate's answer to a request.
func askPromgate(r *Request) (a *Answer, err error) {
	a = &Answer{Rejected: map[string]string{}, RuleFiles: map[string]string{}, RuleFileConfigMaps: map[string]string{}, TLSAssets: map[string]string{}}
	defer func() {
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("promgate panics: %v\n%s", p, debug.Stack())
		}
	}()
	model, err := modelOf(r)
	if err != nil {
		return nil, err
	}
	result, err := renderModel(r, model, promconfig.PodPaths)
	if errors.Is(err, promconfig.ErrUnmanaged) {
		a.Unmanaged = true
		return a, nil
	}
	if err != nil {
		a.Error = err.Error()
		return a, nil
	}
	a.Config = string(result.Config)
	for file, content := range result.RuleFiles {
		base := path.Base(file)
		a.RuleFiles[base] = string(content)
		a.RuleFileConfigMaps[base] = path.Base(path.Dir(file))
	}
	for file, content := range result.Assets {
		a.TLSAssets[path.Base(file)] = string(content)
	}
	for _, left := range result.LeftOut {
		reasons := []string{}
		for _, finding := range left.Findings {
			reasons = append(reasons, findingtext.Line(finding, findingtext.ReadableLimits()))
		}
		a.Rejected[left.Kind+"/"+left.Namespace+"/"+left.Name] = strings.Join(reasons, "; ")
	}
	return a, nil
}
