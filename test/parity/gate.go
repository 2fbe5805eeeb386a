package parity

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// gate is the review of the validating webhook, with the default checks. The model contains no
// monitors until they are reviewed.
type gate struct {
	reviewer *review.Reviewer
}

// gateVerdict is the gate's verdict on one object.
type gateVerdict struct {
	object string // Kind/namespace/name
	data   json.RawMessage
	denied []validation.Finding
}

// newGate returns a gate whose model contains the namespaces of a request and the objects that
// select others. An error means that the operator cannot use such an object either.
func newGate(r *Request) (*gate, error) {
	model := cluster.New(cluster.Options{})
	for _, data := range r.Objects {
		var head metav1.TypeMeta
		if err := json.Unmarshal(data, &head); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		kind, _ := selection.KindNamed(head.Kind)
		if !kind.Instance && kind.Kind != selection.NamespaceKind {
			continue
		}
		object, err := decode(data)
		if err != nil {
			return nil, err
		}
		if err := model.Put(object); err != nil {
			return nil, fmt.Errorf("adding an object: %w", err)
		}
	}
	return &gate{&review.Reviewer{Kinds: builtin.Kinds(), Cluster: model}}, nil
}

// judge reviews the monitors that the Prometheus selects, one after the other. Admitted monitors
// are in the model when the next one is reviewed.
func (g *gate) judge(ctx context.Context, r *Request) ([]gateVerdict, error) {
	var verdicts []gateVerdict
	for _, data := range r.Objects {
		var object metav1.PartialObjectMetadata
		if err := json.Unmarshal(data, &object); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		ref := cluster.RefOf(&object)
		if kind, _ := selection.KindNamed(ref.Kind); !kind.Monitor || !g.selects(ref, object.Labels) {
			continue
		}
		result, err := g.review(ctx, ref, data)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, gateVerdict{object: ref.Kind + "/" + ref.Path(), data: data, denied: result.Denied()})
		if !result.Admitted() {
			continue
		}
		stored, err := decode(data)
		if err != nil {
			return nil, err
		}
		_ = g.reviewer.Cluster.Put(stored) // only an instance can fail
	}
	return verdicts, nil
}

// selects reports whether an instance selects a monitor. The operator leaves out all others.
func (g *gate) selects(ref selection.Ref, labels map[string]string) bool {
	return len(g.reviewer.Cluster.View(ref.Namespace).Selecting(ref.Kind, labels)) > 0
}

func (g *gate) review(ctx context.Context, ref selection.Ref, data json.RawMessage) (*review.Result, error) {
	i := slices.IndexFunc(g.reviewer.Kinds, func(k validation.Kind) bool { return k.Kind == ref.Kind })
	if i < 0 {
		return nil, fmt.Errorf("no checks for a %s", ref.Kind)
	}
	result, err := g.reviewer.Review(ctx, review.Request{
		Kind: g.reviewer.Kinds[i], Namespace: ref.Namespace, Name: ref.Name, Object: data,
		Settings: review.Settings{Severity: func(check validation.Info, _ labels.Set) validation.Severity { return check.Severity }},
	})
	if err != nil {
		return nil, fmt.Errorf("reviewing %s: %w", ref, err)
	}
	result.Close(result.Admitted())
	return result, nil
}

// without returns a request that lacks some monitors, and all rules.
func (r *Request) without(verdicts []gateVerdict, gone func(gateVerdict) bool) *Request {
	out := *r
	out.Objects = slices.DeleteFunc(slices.Clone(r.Objects), func(data json.RawMessage) bool {
		if strings.Contains(string(data), `"kind":"PrometheusRule"`) {
			return true
		}
		i := slices.IndexFunc(verdicts, func(v gateVerdict) bool { return string(v.data) == string(data) })
		return i >= 0 && gone(verdicts[i])
	})
	return &out
}

// write writes the operator's configuration into a directory, with its certificates.
func (c *Case) write(dir string) error {
	certs := filepath.Join(dir, "certs")
	if err := os.MkdirAll(certs, 0o700); err != nil {
		return fmt.Errorf("writing a configuration: %w", err)
	}
	files := map[string]string{filepath.Join(dir, "prometheus.yaml"): podEnv.Replace(strings.ReplaceAll(c.Operator.Config, promconfig.PodPaths.Certificates, certs))}
	for name, content := range c.Operator.TLSAssets {
		files[filepath.Join(certs, name)] = content
	}
	for file, content := range files {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			return fmt.Errorf("writing a configuration: %w", err)
		}
	}
	return nil
}
