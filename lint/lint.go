// Package lint checks files as the API server and promgate's webhooks would check them at kubectl
// apply, without a cluster. It reads the objects from files that have been read, reviews each against
// all of them, and places every finding in its file. The package reads nothing and writes nothing.
package lint

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// Options of [Run].
type Options struct {
	// Settings apply to reviews, and Today to comments as well, which suppress any finding.
	review.Settings

	// Kinds are the kinds that have checks.
	Kinds []validation.Kind

	// Elsewhere are checks that other commands run: a comment may suppress them, and is not said to suppress
	// nothing.
	Elsewhere []validation.Info

	// Judge gives the verdict on objects that no known instance selects.
	Judge validation.Judge

	// JudgeWith returns Judge with the Secrets and ConfigMaps that are known, for what a Prometheus itself refers to. It may be
	// nil.
	JudgeWith func(cluster.Known) validation.Judge

	// Schemas are the schemas of the operator's kinds.
	Schemas *schema.Schemas

	// Operator is the scope of the operator, and OperatorVersion its version, if it is not that of the schemas: fields
	// that it does not know are reported. It may be nil.
	Operator        *selection.Operator
	OperatorVersion *semver.Version

	// Readers are the engines that read objects without an instance.
	Readers []*selection.Reader

	// Labels says which labels objects get at kubectl apply.
	Labels defaulting.Rules

	// Namespace is that of objects without one.
	Namespace string

	// ConfigMaps makes lint read rules inside ConfigMaps.
	ConfigMaps bool

	// Others are objects that are known besides those in the files: those of a live cluster, or a
	// Prometheus that stands in for one. An object in a file replaces one of them.
	Others []selection.Object

	// Whole means that Others are all objects of a cluster, so that what is neither there nor in the files does not exist.
	Whole bool

	// Replace returns the object that is used instead of an instance: a Prometheus of another version, for
	// one. It does not change its argument. If it is nil, every instance is used as it is.
	Replace func(selection.Object) selection.Object

	// StandIn is a Prometheus that loads the plain rule files, which no selector selects, and that selects
	// objects if no other Prometheus is known. It may be nil.
	StandIn selection.Object

	// Annotate makes the fixes include the annotation that says the same as the comments.
	Annotate bool

	// Progress is called with the number of files and objects that are done, and how many are known,
	// by several goroutines, if it is not nil.
	Progress func(done, total int)
}

// A Result is what a run found, and the files that could be fixed.
type Result struct {
	format.Report

	// Fixes are the files whose text would change, in their order.
	Fixes []Fixed
}

// Run lints files. An error means that promgate could not: a mistake in a file is a finding.
func Run(ctx context.Context, files []load.File, o Options) (*Result, error) {
	o.Memo = validation.NewMemo(validation.RunMemory, nil)
	l := &linter{Options: o, infos: file.InfosByID(o.Kinds)}
	for _, c := range o.Elsewhere {
		if _, runsHere := l.infos[c.ID]; !runsHere {
			l.infos[c.ID] = c
		}
	}
	steps := progress{report: o.Progress, total: len(files)}
	read := make([]*fileContent, len(files))
	if err := inParallel(ctx, len(files), func(i int) error {
		var err error
		read[i], err = l.read(ctx, files[i])
		steps.step()
		return err
	}); err != nil {
		return nil, err
	}
	l.fillModel(read)
	l.reviewer = &review.Reviewer{Kinds: o.Kinds, Cluster: l.model, Judge: o.Judge}
	if o.JudgeWith != nil {
		l.reviewer.Judge = o.JudgeWith(l.model.Known())
	}
	l.ruleReviewer = l.reviewerOfRules()
	objects := objectsOf(read)
	steps.total += len(objects)
	if err := inParallel(ctx, len(objects), func(i int) error {
		defer steps.step()
		return l.review(ctx, objects[i])
	}); err != nil {
		return nil, err
	}
	return &Result{Report: l.report(read), Fixes: l.fixes(read)}, nil
}

// progress counts files, and then objects.
type progress struct {
	report func(done, total int)
	total  int
	done   atomic.Int64
}

func (p *progress) step() {
	if done := p.done.Add(1); p.report != nil {
		p.report(int(done), p.total)
	}
}

// A linter is one run.
type linter struct {
	Options

	infos        map[string]validation.Info
	model        *cluster.Model
	reviewer     *review.Reviewer
	ruleReviewer *review.Reviewer // of plain rule files

	placesServices bool                     // all Services have a namespace in their file
	directories    map[selection.Ref]string // of the files that objects are in
}

// inParallel calls do for each number below n, by as many goroutines as there are processors. It
// returns the error of the lowest number.
func inParallel(ctx context.Context, n int, do func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				errs[i] = do(i)
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("linting: %w", err)
	}
	return nil
}

func objectsOf(read []*fileContent) []*object {
	var objects []*object
	for _, f := range read {
		objects = append(objects, f.objects...)
	}
	return objects
}
