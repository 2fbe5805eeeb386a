package parity

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// gate is what the validating webhook says of the monitors in a request.
type gate struct {
	set        *cluster.State
	namespaces map[string]map[string]string // their labels
	kinds      map[string]validation.Kind
}

// gateVerdict is the gate's on one object.
type gateVerdict struct {
	object string // Kind/namespace/name
	data   json.RawMessage
	denied []validation.Finding
}

func newGate(r *Request) (*gate, error) {
	g := &gate{set: cluster.NewState(), namespaces: map[string]map[string]string{}, kinds: map[string]validation.Kind{}}
	for _, k := range builtin.Kinds() {
		g.kinds[k.Kind] = k
	}
	for _, data := range r.Objects {
		var m metav1.PartialObjectMetadata
		if err := json.Unmarshal(data, &m); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		var err error
		switch m.Kind {
		case "Namespace":
			g.namespaces[m.Name] = m.Labels
		case "Prometheus":
			p := &monitoringv1.Prometheus{}
			if err = json.Unmarshal(data, p); err == nil {
				err = g.set.PutPrometheus(p)
			}
		case "PrometheusAgent":
			p := &monitoringv1alpha1.PrometheusAgent{}
			if err = json.Unmarshal(data, p); err == nil {
				err = g.set.PutAgent(p)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("reading a %s: %w", m.Kind, err)
		}
	}
	return g, nil
}

// judge gives the verdicts on the monitors that the Prometheus selects.
func (g *gate) judge(ctx context.Context, r *Request) ([]gateVerdict, error) {
	var verdicts []gateVerdict
	for _, data := range r.Objects {
		var m metav1.PartialObjectMetadata
		if err := json.Unmarshal(data, &m); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		kind, ok := g.kinds[m.Kind]
		if !ok || m.Kind == monitoringv1.PrometheusRuleKind {
			continue
		}
		namespace := maps.Clone(g.namespaces[m.Namespace])
		if namespace == nil {
			namespace = map[string]string{}
		}
		namespace["kubernetes.io/metadata.name"] = m.Namespace
		taking := g.set.Taking(m.Kind, m.Namespace, m.Labels, namespace)
		if len(taking) == 0 {
			continue
		}
		found, err := kind.RunFor(ctx, data, taking, func(c validation.Info) validation.Severity { return c.Severity })
		if err != nil {
			return nil, fmt.Errorf("checking %s/%s: %w", m.Kind, m.Name, err)
		}
		v := gateVerdict{object: m.Kind + "/" + m.Namespace + "/" + m.Name, data: data}
		for _, f := range validation.Settled(found) {
			if f.Severity == validation.Deny {
				v.denied = append(v.denied, f)
			}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// without gives a request that lacks some monitors, and all rules.
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
