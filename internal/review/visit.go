package review

import (
	"context"
	"time"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Passed says why an object is let in without a review.
type Passed string

// The reasons to let an object in without a review.
const (
	Terminating Passed = "terminating" // it is being deleted
	Ignored     Passed = "ignored"     // it, or its namespace, carries the label that says so
	Unchanged   Passed = "unchanged"   // nothing that a verdict depends on has changed
)

// A visit is one object under review.
type visit struct {
	*Reviewer

	request Request
	view    cluster.View

	object    any   // decoded; nil if that failed
	malformed error // why it could not be decoded
	labels    map[string]string
	monitor   *jobs.Monitor // what the object claims; nil if it claims no jobs

	stored *Metadata // nil if the object is new

	// selecting are what the checks may know, for each instance that selects the object; one
	// that permits whatever some Prometheus would take if there is none.
	selecting []validation.Snapshot

	release func() // gives back what is reserved
}

// begin reads the object, once, and what decides whether there is anything to review.
func (r *Reviewer) begin(request Request) (v *visit, passed Passed, err error) {
	v = &visit{Reviewer: r, request: request, view: r.viewOf(request.Namespace)}
	if request.Stored != nil {
		if passed, err = v.compare(); err != nil || passed != "" {
			return nil, passed, err
		}
	}
	v.object, v.malformed = request.Kind.Decode(request.Object)
	object, err := metadataOf(v.object, request.Object)
	if err != nil {
		return nil, "", err
	}
	v.labels = object.Labels
	switch {
	case object.Terminating:
		return nil, Terminating, nil
	case defaulting.Ignored(object.ForDefaulting(), v.view.Labels):
		return nil, Ignored, nil
	}
	v.selecting = v.snapshots(object.Labels)
	v.monitor = monitorOf(v.object)
	if v.monitor != nil && request.Stored == nil {
		// The API server has given it a time already. Until it is stored, it is younger than
		// all that are stored, also those of the same second.
		v.monitor.Created = time.Time{}
	}
	return v, "", nil
}

// compare reads of both objects what decides whether anything has changed.
func (v *visit) compare() (Passed, error) {
	object, err := ReadMetadata(v.request.Object)
	if err != nil {
		return "", err
	}
	v.stored, err = ReadMetadata(v.request.Stored)
	if err != nil {
		return "", err
	}
	switch {
	case object.Terminating:
		return Terminating, nil
	case defaulting.Ignored(object.ForDefaulting(), v.view.Labels):
		return Ignored, nil
	case object.sameAs(v.stored):
		return Unchanged, nil
	}
	return "", nil
}

func (r *Reviewer) viewOf(namespace string) cluster.View {
	if r.Cluster == nil {
		return cluster.View{Namespace: namespace, Labels: selection.NamespaceLabels(namespace, nil)}
	}
	return r.Cluster.View(namespace)
}

// snapshots returns what checks may know of each instance that selects an object with these
// labels.
func (v *visit) snapshots(labels map[string]string) []validation.Snapshot {
	selecting := v.view.Selecting(v.request.Kind.Kind, labels)
	if len(selecting) == 0 {
		permissive := validation.Permissive()
		permissive.Judge, permissive.ParseTime = v.Judge, v.request.ParseTime
		return []validation.Snapshot{permissive}
	}
	snapshots := make([]validation.Snapshot, len(selecting))
	for n, i := range selecting {
		snapshots[n] = i.Snapshot()
		snapshots[n].ParseTime = v.request.ParseTime
	}
	return snapshots
}

// lookAround adds to what the checks may know all that depends on other objects, and
// reserves what the object claims if it may be stored at all. Rivals that are settled are
// not in its way.
func (v *visit) lookAround(settled []selection.Ref) {
	if v.Cluster == nil {
		return
	}
	around := validation.Snapshot{
		Unselected: v.view.Unselected(v.request.Kind.Kind, v.labels),
		Scope:      v.request.DuplicateJobs,
	}
	around.Unserved, around.Twins = v.services(v.monitor)
	if v.mayReserve() {
		around.Clashes, v.release = v.Cluster.Reserve(v.monitor, v.request.DuplicateJobs, settled)
	} else if v.release == nil {
		around.Clashes = v.Cluster.Clashes(v.monitor)
	}
	for i := range v.selecting {
		v.selecting[i].Around(around)
	}
}

func (v *visit) services(monitor *jobs.Monitor) ([]jobs.Unserved, []jobs.Twins) {
	if monitor == nil {
		return nil, nil
	}
	return v.Cluster.Index().Unserved(monitor), v.Cluster.Index().Twins(monitor)
}

// mayReserve reports whether there is something to reserve, and it is not reserved yet.
func (v *visit) mayReserve() bool {
	return v.request.Reserve && v.release == nil && v.monitor != nil
}

// refusing returns the rivals over which the object would be refused.
func (v *visit) refusing() []selection.Ref {
	var rivals []selection.Ref
	known := map[selection.Ref]bool{}
	for _, c := range v.selecting[0].Clashes { // all snapshots have the same
		if c.Refuses(v.request.DuplicateJobs) && !known[c.Rival.Ref] {
			known[c.Rival.Ref] = true
			rivals = append(rivals, c.Rival.Ref)
		}
	}
	return rivals
}

// check runs the checks for each instance that selects the object.
func (v *visit) check(ctx context.Context) ([]validation.Finding, error) {
	if v.malformed != nil {
		return v.request.Kind.Malformed(v.request.Object, v.malformed, v.severity), nil
	}
	return v.request.Kind.CheckFor(ctx, v.object, v.selecting, v.severity) //nolint:wrapcheck // it says of what
}

func (v *visit) severity(check validation.Info) validation.Severity {
	return v.request.Severity(check, v.view.Labels)
}

func monitorOf(object any) *jobs.Monitor {
	if o, ok := object.(selection.Object); ok {
		return jobs.MonitorOf(o)
	}
	return nil
}
