package render

import (
	"cmp"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/alertmanager/config"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// Notifications is the whole configuration of an Alertmanager, with all AlertmanagerConfigs that it selects, as Alertmanager's loader
// reads it.
type Notifications struct {
	Config *config.Config
	Text   []byte

	// Base names what the configuration starts from. Known reports whether it is known; if not, [judge.Unknown] is the receiver of
	// the root route.
	Base  string
	Known bool

	// Selected are the AlertmanagerConfigs that the operator adds, and LeftOut those that it leaves out.
	Selected []selection.Ref
	LeftOut  []NotUsed

	origins map[string]Receiver
}

// NotUsed is an AlertmanagerConfig that the operator leaves out, and why.
type NotUsed struct {
	Ref     selection.Ref
	Reasons []promconfig.Rejection
}

// A Receiver is a receiver of an AlertmanagerConfig.
type Receiver struct {
	Object selection.Ref
	Name   string
}

// Origin returns the receiver of an AlertmanagerConfig that has a name in the configuration. It reports false for those of
// the base.
func (n *Notifications) Origin(name string) (Receiver, bool) {
	r, ok := n.origins[name]
	return r, ok
}

// Alertmanager returns the configuration of an Alertmanager of a model that keeps its objects, in the order in which the operator
// puts it together. An error is what keeps the operator from writing it, or Alertmanager from loading it.
func Alertmanager(model *cluster.Model, of *cluster.Instance, assets promconfig.Assets) (*Notifications, error) {
	a, ok := of.Object.(*monitoringv1.Alertmanager)
	if !ok {
		return nil, fmt.Errorf("%s is no Alertmanager", of.Ref)
	}
	if of.Err != nil {
		return nil, of.Err
	}
	j := judge.NewAlertmanager(a, assets)
	g, base := j.Generator(), j.Base()
	n := &Notifications{Base: "Secret " + a.Namespace + "/" + g.ConfigSecret(), Known: base.Known, origins: map[string]Receiver{}}
	if c := a.Spec.AlertmanagerConfiguration; c != nil {
		global := selection.Ref{Kind: monitoringv1alpha1.AlertmanagerConfigKind, Namespace: a.Namespace, Name: c.Name}
		n.Base, n.Known = global.String(), model.Object(global) != nil
	}
	parts, err := n.parts(model, of, g, base)
	if err != nil {
		return nil, err
	}
	whole, err := j.Whole(parts)
	if err != nil {
		return nil, fmt.Errorf("loading the configuration: %w", err)
	}
	n.Text, n.Config = whole.Text, whole.Config
	return n, nil
}

// parts renders what the Alertmanager selects.
func (n *Notifications) parts(model *cluster.Model, of *cluster.Instance, g *alertmanager.Generator, base *alertmanager.Base) ([]alertmanager.Part, error) {
	var parts []alertmanager.Part
	refs := model.Refs(monitoringv1alpha1.AlertmanagerConfigKind)
	slices.SortFunc(refs, func(a, b selection.Ref) int { return cmp.Compare(a.Path(), b.Path()) })
	for _, ref := range refs {
		object := model.Object(ref)
		part, ok := g.Part(object, base)
		if !ok || !part.Root && !of.Selects(ref.Kind, ref.Namespace, object.GetLabels(), model.NamespaceLabels(ref.Namespace)) {
			continue
		}
		if len(part.Failures) > 0 {
			return nil, fmt.Errorf("because of %s the operator writes no configuration: %s: %s", ref, part.Failures[0].Field, part.Failures[0].Reason)
		}
		if part.LeftOut {
			n.LeftOut = append(n.LeftOut, NotUsed{Ref: ref, Reasons: slices.Concat(part.Rejections, part.Refused)})
			continue
		}
		n.Selected = append(n.Selected, ref)
		n.note(ref, part)
		parts = append(parts, part)
	}
	return parts, nil
}

// note notes which receivers are those of an object.
func (n *Notifications) note(ref selection.Ref, part alertmanager.Part) {
	prefix := len(ref.Path()) + 1
	for _, item := range part.Fields {
		receivers, _ := item.Value.([]yaml.MapSlice)
		if item.Key != "receivers" {
			continue
		}
		for _, r := range receivers {
			for _, field := range r {
				if name, ok := field.Value.(string); ok && field.Key == "name" && len(name) >= prefix {
					n.origins[name] = Receiver{Object: ref, Name: name[prefix:]}
				}
			}
		}
	}
}
