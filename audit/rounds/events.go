package rounds

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

const (
	// maxEvents is how many Events one round writes: the first audit of a cluster may find thousands of
	// objects. The others follow in the next rounds.
	maxEvents = 100

	// maxFailures is after how many failures in a row a round writes no more Events.
	maxFailures = 5

	// maxNote is the API server's limit for the note of an Event, in bytes. maxLines is how many
	// findings a note has.
	maxNote  = 1000
	maxLines = 3
)

// A teller writes an Event for each object that has findings, and another one when its findings change.
// The name of an Event follows from its object and the findings, so that a process that starts again,
// or a second one, writes no second Event while the first one exists.
type teller struct {
	client   client.Client
	least    validation.Severity
	instance string
	now      func() time.Time
	metrics  *metrics
	logger   *slog.Logger

	told map[selection.Ref]string // the name of the last Event
}

func newTeller(o Options, m *metrics) *teller {
	return &teller{client: o.Client, least: o.Events, instance: o.Instance, now: o.Now, metrics: m, logger: o.Logger, told: map[selection.Ref]string{}}
}

// tell writes the Events that a report calls for. The error is the first one.
func (t *teller) tell(ctx context.Context, r *format.Report, read *live.Cluster) error {
	if t.least == validation.Off {
		return nil
	}
	found := t.worth(r)
	maps.DeleteFunc(t.told, func(ref selection.Ref, _ string) bool { return found[ref] == nil })
	uids := uidsOf(found, read)
	var first error
	left, row, waiting := maxEvents, 0, 0
	for _, ref := range slices.SortedFunc(maps.Keys(found), selection.Ref.Compare) {
		e := t.event(ref, uids[ref], found[ref])
		if t.told[ref] == e.Name {
			continue
		}
		if left == 0 || row == maxFailures {
			waiting++
			continue
		}
		left--
		if err := t.write(ctx, e); err != nil {
			row, first = row+1, cmp.Or(first, fmt.Errorf("writing an Event for %s: %w", ref, err))
			continue
		}
		row, t.told[ref] = 0, e.Name
	}
	if waiting > 0 {
		t.logger.Info("more Events follow after the next audit", "waiting", waiting)
	}
	return first
}

// worth returns the findings that are severe enough, by object, the most severe first.
func (t *teller) worth(r *format.Report) map[selection.Ref][]validation.Finding {
	found := map[selection.Ref][]validation.Finding{}
	for _, f := range r.Findings {
		if f.Finding.Severity == validation.Deny || t.least == validation.Warn {
			ref := selection.Ref{Kind: f.Kind, Namespace: f.Namespace, Name: f.Name}
			found[ref] = append(found[ref], f.Finding)
		}
	}
	for _, of := range found {
		slices.SortFunc(of, func(a, b validation.Finding) int {
			return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Path.String(), b.Path.String()), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Key, b.Key))
		})
	}
	return found
}

// uidsOf returns the UIDs of objects. kubectl describe finds the Events of an object by its UID.
func uidsOf(found map[selection.Ref][]validation.Finding, read *live.Cluster) map[selection.Ref]types.UID {
	uids := map[selection.Ref]types.UID{}
	for _, o := range read.Objects {
		if ref := selection.RefOf(o); found[ref] != nil {
			uids[ref] = o.GetUID()
		}
	}
	for _, m := range read.Malformed {
		uids[m.Ref] = m.UID
	}
	return uids
}

// event returns the Event for an object. Its name has a hash of what does not change while nobody
// changes the object or what it refers to: not of the text, which may say how long ago something was.
func (t *teller) event(ref selection.Ref, uid types.UID, found []validation.Finding) *eventsv1.Event {
	identity := []string{ref.String(), string(uid)}
	for _, f := range found {
		identity = append(identity, f.Check, string(f.Severity), f.Path.String(), f.Key)
	}
	sum := sha256.Sum256([]byte(strings.Join(identity, "\n")))
	kind, _ := selection.KindNamed(ref.Kind)
	return &eventsv1.Event{
		ObjectMeta:          metav1.ObjectMeta{Namespace: ref.Namespace, Name: "promgate-audit." + hex.EncodeToString(sum[:16])},
		EventTime:           metav1.NewMicroTime(t.now()),
		ReportingController: "promgate.dev/audit",
		ReportingInstance:   t.instance,
		Action:              "Audit",
		Reason:              "AuditFinding",
		Type:                corev1.EventTypeWarning,
		Regarding:           corev1.ObjectReference{APIVersion: kind.GroupVersion().String(), Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, UID: uid},
		Note:                note(found),
	}
}

// note returns the first findings, as text.
func note(found []validation.Finding) string {
	var lines []string
	for _, f := range found[:min(len(found), maxLines)] {
		lines = append(lines, report.Line(f, report.ReadableLimits()))
	}
	if more := len(found) - maxLines; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more: promgate audit lists them", more))
	}
	return report.ClipBytes(strings.Join(lines, "; "), maxNote)
}

// write creates an Event. It is no failure if the Event exists, or if its namespace is on its way out.
func (t *teller) write(ctx context.Context, e *eventsv1.Event) error {
	err := t.client.Create(ctx, e)
	switch {
	case err == nil:
		t.metrics.events.Inc()
	case apierrors.IsAlreadyExists(err), apierrors.IsNotFound(err), apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause):
	default:
		return err //nolint:wrapcheck // tell wraps it
	}
	return nil
}
