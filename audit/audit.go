// Package audit checks all objects of a running cluster, as the webhooks would check them if they
// were applied now, and as Prometheus would load them with the Secrets and ConfigMaps that are there.
// The package reads nothing and writes nothing.
package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

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

	// Operator is the scope of the operator, and Readers are the engines that read objects without an instance.
	Operator *selection.Operator
	Readers  []*selection.Reader

	// Namespaces are those that are reported on. If there are none, it is all of them.
	Namespaces []string

	// Assets are the Secrets and ConfigMaps that the objects refer to. If it is nil, nothing is said of
	// what they contain.
	Assets render.Assets

	// Malformed are the objects that do not decode as their kind.
	Malformed []selection.Malformed

	// Progress is called with the number of objects and configurations that are done, and of all of
	// them, if it is not nil.
	Progress func(done, total int)
}

// Run audits objects. An error means that promgate could not: a mistake in an object is a finding.
func Run(ctx context.Context, objects []selection.Object, o Options) (*format.Report, error) {
	o.Memo = validation.NewMemo(validation.RunMemory, nil)
	a := &auditor{Options: o, infos: file.InfosByID(o.Kinds), found: map[selection.Ref][]validation.Finding{}}
	a.model = cluster.New(cluster.Options{KeepObjects: true, Operator: o.Operator, Readers: o.Readers, Assets: o.Assets})
	for _, object := range objects {
		_ = a.model.Put(object) // a check says why an instance cannot be used
	}
	a.reviewer = &review.Reviewer{Kinds: o.Kinds, Cluster: a.model, Judge: o.Judge}
	instances := a.model.Instances()
	a.total = len(objects) + len(instances)
	for _, object := range objects {
		if err := a.review(ctx, object); err != nil {
			return nil, err
		}
		a.step()
	}
	if err := a.malformed(ctx); err != nil {
		return nil, err
	}
	if o.Assets != nil {
		for _, instance := range instances {
			if err := a.render(instance); err != nil {
				return nil, err
			}
			a.step()
		}
	}
	return a.report(), nil
}

type auditor struct {
	Options

	infos    map[string]validation.Info
	model    *cluster.Model
	reviewer *review.Reviewer
	checked  []selection.Ref
	found    map[selection.Ref][]validation.Finding

	suppressed  int
	done, total int
}

func (a *auditor) step() {
	if a.done++; a.Progress != nil {
		a.Progress(a.done, a.total)
	}
}

func (a *auditor) review(ctx context.Context, object selection.Object) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("auditing: %w", err)
	}
	ref := cluster.RefOf(object)
	kind, checked := a.begin(ref)
	if !checked {
		return nil
	}
	return a.reviewOne(ctx, review.Request{Kind: kind, Namespace: ref.Namespace, Name: ref.Name, Decoded: object}, ref)
}

// begin counts an object, and returns its kind if there are checks for it.
func (a *auditor) begin(ref selection.Ref) (kind validation.Kind, checked bool) {
	if !a.reports(ref.Namespace) {
		return validation.Kind{}, false
	}
	known, _ := selection.KindNamed(ref.Kind)
	if known.IsOperators() {
		a.checked = append(a.checked, ref)
	}
	return validation.FindKind(a.Kinds, known.GroupVersionKind)
}

// reviewOne reviews an object that is stored.
func (a *auditor) reviewOne(ctx context.Context, request review.Request, ref selection.Ref) error {
	request.Settings, request.IsStored = a.Settings, true
	result, err := a.reviewer.Review(ctx, request)
	if err == nil && a.Assets != nil {
		err = a.Assets.Err() // the review of an Alertmanager and of what it selects reads Secrets
	}
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
// ConfigMaps leaves out of it, and what it makes fail.
func (a *auditor) render(instance *cluster.Instance) error {
	switch instance.Ref.Kind {
	case monitoringv1.ThanosRulerKind, // no configuration is generated for it
		monitoringv1.AlertmanagersKind: // the review has read the Secrets
		return nil
	}
	result, err := render.Instance(a.model, instance, a.Assets, promconfig.AsInstalled(), a.Today)
	if refused, ok := errors.AsType[*render.RefusedError](err); ok {
		a.add(instance.Ref, refused.Findings)
		return nil
	}
	if _, ok := errors.AsType[*render.UnrenderableError](err); ok {
		return nil // it was reported already, or its user writes the configuration
	}
	if err != nil {
		return fmt.Errorf("rendering %s: %w", instance.Ref, err)
	}
	for _, left := range result.LeftOut {
		a.add(selection.Ref{Kind: left.Kind, Namespace: left.Namespace, Name: left.Name}, left.Findings)
	}
	for _, warning := range render.Attribute(result.Warnings, instance.Ref) {
		a.add(warning.Object, warning.Findings)
	}
	return nil
}

// add adds findings that the object does not have yet.
func (a *auditor) add(ref selection.Ref, findings []validation.Finding) {
	if !a.reports(ref.Namespace) {
		return
	}
	labels := a.model.NamespaceLabels(ref.Namespace)
	for _, f := range findings {
		same := func(other validation.Finding) bool {
			return other.Check == f.Check && other.Path.Equal(f.Path) && (other.Severity == validation.Deny || f.Severity == validation.Warn)
		}
		if slices.ContainsFunc(a.found[ref], same) {
			continue
		}
		if info, known := a.infos[f.Check]; known { // a render knows no policy
			f.Severity = atMost(f.Severity, a.Severity(info, labels))
		}
		if f.Severity != validation.Off {
			a.found[ref] = append(a.found[ref], f)
		}
	}
}

// atMost returns the severity of the policy for a finding, which stays a warning where the policy
// denies: Prometheus takes the object.
func atMost(finding, policy validation.Severity) validation.Severity {
	if finding == validation.Warn && policy == validation.Deny {
		return validation.Warn
	}
	return policy
}
