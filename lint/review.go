package lint

import (
	"context"
	"fmt"
	"slices"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// fillModel puts the objects of all files into the model, after those that are known already.
func (l *linter) fillModel(read []*fileContent) {
	readers := slices.Clone(l.Readers)
	for _, f := range read {
		readers = append(readers, f.readers...)
	}
	model := cluster.New(cluster.Options{KeepObjects: true, Operator: l.Operator, Readers: readers})
	for _, other := range l.Others {
		_ = model.Put(other) // an instance of the cluster that cannot be used selects nothing
	}
	for _, o := range objectsOf(read) {
		if o.typed == nil || o.rules {
			continue
		}
		if err := model.Put(o.typed); err != nil {
			l.add(o, file.UnusableInstance, fieldpath.Path{}, err.Error(), "").at(o.nameSpan())
		}
	}
	l.model = model
	for _, o := range objectsOf(read) {
		l.addLabels(o)
		if o.typed != nil && !o.rules {
			_ = model.Put(o.typed) // it was put before
		}
	}
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
		reviewer = &review.Reviewer{Kinds: l.Kinds, Judge: l.Judge} // no Prometheus object selects a rule file
	}
	result, err := reviewer.Review(ctx, review.Request{
		Settings: l.Settings, Kind: kind, Namespace: o.namespace, Name: o.name, Decoded: o.typed,
	})
	if err != nil {
		return fmt.Errorf("linting %s: %w", o, err)
	}
	defer result.Close(true)
	o.merge(result.Findings)
	o.suppressed = result.Suppressed
	return nil
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
