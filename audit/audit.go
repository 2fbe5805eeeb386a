// Package audit checks all objects of a running cluster, as the webhooks would check them if they
// were applied now, and as Prometheus would load them with the Secrets and ConfigMaps that are there.
// The package reads nothing and writes nothing.
package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// Options of [Run].
type Options struct {
	review.Settings

	// Kinds are the kinds that have checks.
	Kinds []validation.Kind

	// Judge gives the verdict on objects that no instance selects.
	Judge validation.Judge

	// Operator is the scope of the operator.
	Operator *selection.Operator

	// Namespaces are those that are reported on. If there are none, it is all of them.
	Namespaces []string

	// Assets reports that the Secrets and ConfigMaps of the cluster are among the objects. Without
	// them nothing is said of what they contain.
	Assets bool
}

// Run audits objects. An error means that promgate could not: a mistake in an object is a finding.
func Run(ctx context.Context, objects []selection.Object, o Options) (*format.Report, error) {
	a := &auditor{Options: o, infos: file.InfosByID(o.Kinds), found: map[selection.Ref][]validation.Finding{}}
	a.model = cluster.New(cluster.Options{KeepObjects: true, Operator: o.Operator})
	unusable := map[selection.Ref]error{}
	for _, object := range objects {
		if err := a.model.Put(object); err != nil {
			unusable[cluster.RefOf(object)] = err
		}
	}
	for ref, err := range unusable {
		f := validation.Place{}.Finding(err.Error(), "fix the selector", err.Error())
		f.Check = file.UnusableInstance
		a.add(ref, []validation.Finding{f})
	}
	reviewer := &review.Reviewer{Kinds: o.Kinds, Cluster: a.model, Judge: o.Judge}
	for _, object := range objects {
		if err := a.review(ctx, reviewer, object); err != nil {
			return nil, err
		}
	}
	if o.Assets {
		for _, instance := range a.model.Instances() {
			a.render(instance)
		}
	}
	return a.report(), nil
}

type auditor struct {
	Options

	infos   map[string]validation.Info
	model   *cluster.Model
	checked []selection.Ref
	found   map[selection.Ref][]validation.Finding

	suppressed int
}

func (a *auditor) review(ctx context.Context, reviewer *review.Reviewer, object selection.Object) error {
	ref := cluster.RefOf(object)
	if !a.reports(ref.Namespace) {
		return nil
	}
	known, _ := selection.KindNamed(ref.Kind)
	if known.IsOperators() {
		a.checked = append(a.checked, ref)
	}
	kind, ok := validation.FindKind(a.Kinds, known.GroupVersionKind)
	if !ok {
		return nil
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("writing %s: %w", ref, err)
	}
	result, err := reviewer.Review(ctx, review.Request{
		Settings: a.Settings, Kind: kind, Namespace: ref.Namespace, Name: ref.Name, Object: raw, IsStored: true,
	})
	if err != nil {
		return fmt.Errorf("auditing %s: %w", ref, err)
	}
	defer result.Close(true)
	a.found[ref] = append(a.found[ref], result.Findings...)
	a.suppressed += len(result.Suppressed)
	return nil
}

func (a *auditor) reports(namespace string) bool {
	return len(a.Namespaces) == 0 || slices.Contains(a.Namespaces, namespace)
}

// render renders the configuration of an instance, and adds what the content of Secrets and
// ConfigMaps leaves out of it.
func (a *auditor) render(instance *cluster.Instance) {
	result, err := render.Render(a.model, instance.Ref.NamespacedName(), promconfig.AsInstalled())
	if refused, ok := errors.AsType[*render.RefusedError](err); ok {
		a.add(instance.Ref, refused.Findings)
		return
	}
	if err != nil {
		return // it cannot be rendered: a ThanosRuler, or an instance that was reported already
	}
	for _, left := range result.LeftOut {
		a.add(selection.Ref{Kind: left.Kind, Namespace: left.Namespace, Name: left.Name}, left.Findings)
	}
	for _, warning := range result.Warnings {
		a.add(warning.Object, warning.Findings)
	}
}

// add adds findings that the object does not have yet.
func (a *auditor) add(ref selection.Ref, findings []validation.Finding) {
	if !a.reports(ref.Namespace) {
		return
	}
	labels := a.model.NamespaceLabels(ref.Namespace)
	for _, f := range findings {
		same := func(other validation.Finding) bool { return other.Check == f.Check && other.Path.Equal(f.Path) }
		if slices.ContainsFunc(a.found[ref], same) {
			continue
		}
		if info, known := a.infos[f.Check]; known { // a render knows no policy
			f.Severity = a.Severity(info, labels)
		}
		if f.Severity != validation.Off {
			a.found[ref] = append(a.found[ref], f)
		}
	}
}
