package lint

import (
	"context"
	"fmt"
	"path"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// fillModel puts the objects of all files into the model, after those that are known already.
func (l *linter) fillModel(read []*fileContent) {
	readers := slices.Clone(l.Readers)
	for _, f := range read {
		readers = append(readers, f.readers...)
	}
	model := cluster.New(cluster.Options{KeepObjects: true, Partial: !l.Whole, Operator: l.Operator, Readers: readers})
	for _, other := range l.Others {
		_ = model.Put(l.replaced(other)) // an instance of the cluster that cannot be used selects nothing
	}
	for _, o := range objectsOf(read) {
		if o.typed == nil || o.rules {
			continue
		}
		o.typed = l.replaced(o.typed)
		_ = model.Put(o.typed) // a check says why an instance cannot be used
	}
	if l.StandIn != nil && !hasPrometheus(model) {
		_ = model.Put(l.replaced(l.StandIn))
	}
	l.model = model
	l.placesServices = !slices.ContainsFunc(objectsOf(read), func(o *object) bool {
		return o.kind.Kind == selection.ServiceKind && !o.hasNamespace
	})
	l.directories = map[selection.Ref]string{}
	for _, o := range objectsOf(read) {
		if o.typed != nil {
			l.directories[selection.RefOf(o.typed)] = path.Dir(o.file.Name)
		}
		l.addLabels(o)
		if o.typed != nil && !o.rules {
			_ = model.Put(o.typed) // it was put before
		}
	}
}

// hasPrometheus reports whether a model has a Prometheus, or an agent.
func hasPrometheus(m *cluster.Model) bool {
	return slices.ContainsFunc(m.Instances(), func(i *cluster.Instance) bool {
		return i.Ref.Kind != monitoringv1.ThanosRulerKind && i.Ref.Kind != monitoringv1.AlertmanagersKind
	})
}

// replaced returns what is used instead of an object.
func (l *linter) replaced(o selection.Object) selection.Object {
	if l.Replace == nil {
		return o
	}
	return l.Replace(o)
}

// reviewerOfRules returns the reviewer of plain rule files, which no Prometheus object selects.
func (l *linter) reviewerOfRules() *review.Reviewer {
	r := &review.Reviewer{Kinds: l.Kinds, Judge: l.Judge}
	if l.StandIn != nil {
		r.Cluster = cluster.New(cluster.Options{})
		_ = r.Cluster.Put(l.replaced(l.StandIn)) // one that cannot be used selects nothing
	}
	return r
}

// review reviews one object. Objects of one document are reviewed at the same time, so that nothing is
// looked up in the document here.
func (l *linter) review(ctx context.Context, o *object) error {
	kind, ok := validation.FindKind(l.Kinds, o.kind)
	if !ok {
		return nil
	}
	if o.rules {
		defer l.judgeRules(o)
	}
	if o.typed == nil {
		return nil
	}
	reviewer := l.reviewer
	if o.rules {
		reviewer = l.ruleReviewer
	}
	result, err := reviewer.Review(ctx, review.Request{
		Settings: l.Settings, Kind: kind, Namespace: o.namespace, Name: o.name, Decoded: o.typed,
	})
	if err != nil {
		return fmt.Errorf("linting %s: %w", o, err)
	}
	defer result.Close(true)
	o.merge(l.certain(o, result.Findings))
	o.suppressed = result.Suppressed
	return nil
}

// Two checks compare the namespaces of objects, which kustomize, Helm and kubectl may choose.
const (
	serviceElsewhere = "service-elsewhere"
	duplicateJob     = "duplicate-job"
)

// certain takes back what supposes that an object without a namespace in its file, or a Service without one, is in the namespace of
// the others: where a Service is instead, and that a monitor has to be refused since another one is in its way, unless one kubectl apply
// would create both. Files of two directories may be meant for two environments.
func (l *linter) certain(o *object, found []validation.Finding) []validation.Finding {
	kept := found[:0]
	for _, f := range found {
		switch {
		case f.Check == serviceElsewhere && (!o.hasNamespace || !l.placesServices):
			continue
		case f.Check == duplicateJob && !o.hasNamespace && f.Severity == validation.Deny && !l.appliedTogether(o, f):
			f.Severity = validation.Warn
		}
		kept = append(kept, f)
	}
	return kept
}

// appliedTogether reports whether the rival of a clash is in a file of the same directory.
func (l *linter) appliedTogether(o *object, f validation.Finding) bool {
	if f.Clash == nil {
		return false
	}
	directory, known := l.directories[f.Clash.Rival.Ref]
	return known && directory == path.Dir(o.file.Name)
}

// merge adds the findings of the review. What the API server says is left out where a check denies
// the same place: it says more.
func (o *object) merge(found []validation.Finding) {
	o.findings = slices.DeleteFunc(o.findings, func(other located) bool {
		return other.finding.Check == file.Schema && slices.ContainsFunc(found, func(f validation.Finding) bool {
			return f.Severity == validation.Deny && !other.finding.Path.IsZero() && f.Path.Within(other.finding.Path)
		})
	})
	for _, f := range found {
		o.findings = append(o.findings, located{finding: f})
	}
}
