package review

import (
	"context"
	"slices"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Passed is the reason why an object is admitted without a review.
type Passed string

// The reasons to admit an object without a review.
const (
	Terminating Passed = "terminating" // the object is being deleted
	Ignored     Passed = "ignored"     // the object or its namespace has the label to ignore it
	Unchanged   Passed = "unchanged"   // nothing changed that a verdict depends on
	Foreign     Passed = "foreign"     // no instance selects the rules, and a reader takes them whose language promgate cannot judge
)

// A visit is one object under review.
type visit struct {
	*Reviewer

	request Request
	view    cluster.View

	object      any   // nil if decoding failed
	malformed   error // why it could not be decoded
	labels      map[string]string
	annotations map[string]string
	monitor     *jobs.Monitor // the object's claims; nil if it claims no jobs

	stored *Metadata // nil if the object is new

	// readers take the object, which no instance selects.
	readers readers

	// instances select the object. selecting holds a snapshot for each of them, or a single
	// permissive one if there is none.
	instances []*cluster.Instance
	selecting []validation.Snapshot

	// suppressed are the findings that the object's annotation suppresses.
	suppressed []validation.Finding

	// clashed reports that a finding was about a rival.
	clashed bool

	release func() // gives the reserved claims back
}

// begin decodes the object, once, and decides whether there is anything to review.
func (r *Reviewer) begin(request Request) (v *visit, passed Passed, err error) {
	v = &visit{Reviewer: r, request: request, view: r.viewOf(request.Namespace)}
	if request.Stored != nil {
		if passed, err = v.compare(); err != nil || passed != "" {
			return nil, passed, err
		}
	}
	if v.object = request.Decoded; v.object == nil {
		v.object, v.malformed = request.Kind.Decode(request.Object)
	}
	object, err := metadataOf(v.object, request.Object)
	if err != nil {
		return nil, "", err
	}
	v.labels, v.annotations = object.Labels, object.Annotations
	switch {
	case object.Terminating:
		return nil, Terminating, nil
	case defaulting.Ignored(object.ForDefaulting(), v.view.Labels):
		return nil, Ignored, nil
	}
	v.readers = v.view.TakenElsewhere(v.request.Kind.Kind, object.Labels)
	if v.readers.speakUnknown(v.request.Kind.Kind) {
		return nil, Foreign, nil
	}
	v.instances = v.view.Selecting(request.Kind.Kind, object.Labels)
	v.selecting = v.snapshots(v.instances)
	v.monitor = monitorOf(v.object)
	if v.monitor != nil && request.Stored == nil && !request.IsStored {
		// The API server has set the creation time already. Until the object is stored, it is
		// younger than all stored objects, including those of the same second.
		v.monitor.Created = time.Time{}
	}
	return v, "", nil
}

// compare reads the stored object and decides whether anything relevant has changed.
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

// snapshots returns a snapshot for each instance that selects an object.
func (v *visit) snapshots(selecting []*cluster.Instance) []validation.Snapshot {
	if i := v.ownInstance(); i != nil {
		return []validation.Snapshot{i.Snapshot()}
	}
	if len(selecting) == 0 {
		return v.unselectedSnapshots()
	}
	snapshots := make([]validation.Snapshot, len(selecting))
	for n, i := range selecting {
		snapshots[n] = i.Snapshot()
		snapshots[n].ParseTime, snapshots[n].Memo = v.request.ParseTime, v.request.Memo
	}
	return snapshots
}

// ownInstance returns the instance that the object is in the model, if it is an Alertmanager and the very object that is
// reviewed: the model knows more than the object says. It is nil otherwise.
func (v *visit) ownInstance() *cluster.Instance {
	if v.Cluster == nil || v.request.Kind.Kind != monitoringv1.AlertmanagersKind {
		return nil
	}
	i := v.Cluster.Instance(selection.Ref{Kind: v.request.Kind.Kind, Namespace: v.request.Namespace, Name: v.request.Name})
	if i == nil || any(i.Object) != v.object {
		return nil
	}
	return i
}

// lookAround adds to the snapshots what depends on other objects. It also reserves what the object
// claims, if the object may be stored at all. Rivals in settled are ignored.
func (v *visit) lookAround(settled []selection.Ref) {
	if v.Cluster == nil {
		return
	}
	around := validation.Snapshot{
		Unselected: v.view.Unselected(v.request.Kind.Kind, v.labels),
		Scope:      v.request.DuplicateJobs,
	}
	v.addServices(&around, v.monitor)
	v.addChange(&around)
	if v.mayReserve() {
		around.Clashes, v.release = v.Cluster.Reserve(v.monitor, v.request.DuplicateJobs, settled)
	} else if v.release == nil {
		around.Clashes = v.Cluster.Clashes(v.monitor)
	}
	for i := range v.selecting {
		v.selecting[i].SetSurroundings(around)
	}
	v.addLoaded()
}

// addLoaded adds to the snapshots what each instance loads of rules besides the object.
func (v *visit) addLoaded() {
	if v.request.Kind.Kind != monitoringv1.PrometheusRuleKind {
		return
	}
	own := selection.Ref{Kind: v.request.Kind.Kind, Namespace: v.request.Namespace, Name: v.request.Name}
	var loadedBefore []*cluster.Instance
	var replaced []string
	if v.stored != nil {
		loadedBefore, replaced = v.view.Selecting(own.Kind, v.stored.Labels), records.NamesIn(v.stored.spec)
	}
	for n, i := range v.instances {
		if !slices.Contains(loadedBefore, i) {
			v.selecting[n].Loaded = v.Cluster.Loaded(i, own, nil)
			continue
		}
		v.selecting[n].Loaded = v.Cluster.Loaded(i, own, replaced)
	}
}

// addServices adds what is known about the Services that a monitor selects.
func (v *visit) addServices(s *validation.Snapshot, monitor *jobs.Monitor) {
	if monitor == nil {
		return
	}
	index := v.Cluster.Index()
	s.Unserved, s.Twins, s.PodPorts = index.Unserved(monitor), index.Twins(monitor), index.PodPorts(monitor)
	if e, ok := index.Elsewhere(monitor); ok {
		s.Elsewhere = &e
	}
	if u, ok := index.Unlabeled(monitor); ok {
		s.Unlabeled = &u
	}
}

// addChange adds what an update of an instance does to other objects.
func (v *visit) addChange(s *validation.Snapshot) {
	object, _ := v.object.(selection.Object)
	if kind, known := selection.KindNamed(v.request.Kind.Kind); object == nil || v.stored == nil || !known || !kind.Instance {
		return
	}
	decoded, err := v.request.Kind.Decode(v.request.Stored)
	stored, isObject := decoded.(selection.Object)
	if err != nil || !isObject {
		return // nothing is known of what it selected
	}
	s.Change, s.DenyLost = v.Cluster.ChangeOf(stored, object), v.request.DenyLost
}

// mayReserve reports whether the object has claims that are not reserved yet.
func (v *visit) mayReserve() bool {
	return v.request.Reserve && v.release == nil && v.monitor != nil
}

// refusing returns the rivals because of which the object would be refused.
func (v *visit) refusing() []selection.Ref {
	var rivals []selection.Ref
	known := map[selection.Ref]bool{}
	for _, c := range v.selecting[0].Clashes { // the same in all snapshots
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
		return v.request.Kind.Malformed(v.request.Object, v.malformed, v.severity), nil //nolint:nilerr // the user's mistake, not an error of promgate's
	}
	return v.request.Kind.CheckFor(ctx, v.object, v.selecting, v.severity) //nolint:wrapcheck // the error names the cause
}

func (v *visit) severity(check validation.Info) validation.Severity {
	severity := v.request.Severity(check, v.view.Labels)
	if severity == validation.Deny && v.readers.mayReadOtherwise(v.request.Kind.Kind) {
		return validation.Warn
	}
	return severity
}

func monitorOf(object any) *jobs.Monitor {
	if o, ok := object.(selection.Object); ok {
		return jobs.MonitorOf(o)
	}
	return nil
}
