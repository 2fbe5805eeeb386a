package parity

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/internal/render"
	findingtext "github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/promconfig"
)

// setOf reads the objects of a request.
func setOf(r *Request) (*render.Set, error) {
	set := render.NewSet()
	for _, data := range r.Objects {
		var kind metav1.TypeMeta
		if err := json.Unmarshal(data, &kind); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		obj := render.NewObject(kind.GroupVersionKind())
		if err := json.Unmarshal(data, obj); err != nil {
			return nil, fmt.Errorf("reading a %s: %w", kind.Kind, err)
		}
		if err := set.Add(obj); err != nil {
			return nil, fmt.Errorf("adding a %s: %w", kind.Kind, err)
		}
	}
	return set, nil
}

// renderSet renders for the Prometheus of a request, with files where the paths say.
func renderSet(r *Request, set *render.Set, paths promconfig.Paths) (*render.Result, error) {
	namespace, name, _ := strings.Cut(r.Prometheus, "/")
	return render.Render(set, types.NamespacedName{Namespace: namespace, Name: name}, promconfig.Options{
		EndpointSlice:     r.Gates.EndpointSlice,
		RetentionPolicies: r.Gates.RetentionPolicies,
		TopologySharding:  r.Gates.TopologySharding,
		PodTopologyLabels: r.Gates.PodTopologyLabels,
		Paths:             paths,
	})
}

// askPromgate gives promgate's answer to a request.
func askPromgate(r *Request) (a *Answer, err error) {
	a = &Answer{Rejected: map[string]string{}, RuleFiles: map[string]string{}, RuleFileConfigMaps: map[string]string{}, TLSAssets: map[string]string{}}
	defer func() {
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("promgate's panic: %v\n%s", p, debug.Stack())
		}
	}()
	set, err := setOf(r)
	if err != nil {
		return nil, err
	}
	result, err := renderSet(r, set, promconfig.PodPaths)
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
