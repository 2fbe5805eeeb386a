package review

import (
	"context"
	"fmt"
	"slices"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/validation"
)

// ratchet turns denials into warnings if the stored object deserves them just as well, judged under
// today's index and configuration. An upgrade of promgate, or a rival that came later, does not
// lock anybody out of an object.
func (v *visit) ratchet(ctx context.Context, found []validation.Finding) ([]validation.Finding, error) {
	if v.stored == nil || !anyDenial(found) || !v.excusable() {
		return found, nil
	}
	object, err := v.request.Kind.Decode(v.request.Stored)
	if err != nil {
		return validation.Ratchet(found, v.request.Kind.Malformed(v.request.Stored, err, v.severity)), nil
	}
	before, err := v.request.Kind.CheckFor(ctx, object, v.before(object), v.severity)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("checking the stored object: %w", ctx.Err())
	}
	if err != nil {
		return found, nil //nolint:nilerr // a stored object that cannot be checked excuses nothing
	}
	if leftOut(before) && !leftOut(found) {
		// The operator left the stored object out because of another mistake, so that these
		// mistakes had no effect yet.
		return found, nil
	}
	return validation.Ratchet(found, before), nil
}

// excusable reports whether mistakes of the stored object excuse those of the new one. They do not
// if the stored object was never judged because it was ignored, or if an instance selects the new
// object that did not select the stored one.
func (v *visit) excusable() bool {
	return !defaulting.Ignored(v.stored.ForDefaulting(), nil) && isSubset(v.selecting, v.snapshots(v.view.Using(v.request.Kind.Kind, v.request.Name, v.stored.Labels)))
}

// isSubset reports whether every known instance of one list is also in another.
func isSubset(some, others []validation.Snapshot) bool {
	names := map[string]bool{}
	for _, s := range others {
		names[s.Prometheus.Name] = true
	}
	return !slices.ContainsFunc(some, func(s validation.Snapshot) bool {
		return s.Prometheus.Known() && !names[s.Prometheus.Name]
	})
}

// before returns the snapshots for the stored object: the same instances, and the stored object's
// own clashes.
func (v *visit) before(stored any) []validation.Snapshot {
	snapshots := slices.Clone(v.selecting)
	if v.Cluster == nil {
		return snapshots
	}
	around := validation.Snapshot{Unselected: snapshots[0].Unselected, Scope: v.request.DuplicateJobs}
	monitor := monitorOf(stored)
	around.Clashes = v.Cluster.Clashes(monitor)
	v.addServices(&around, monitor)
	for i := range snapshots {
		snapshots[i].SetSurroundings(around)
		snapshots[i].Loaded = snapshots[i].Loaded.BeforeUpdate()
	}
	return snapshots
}

// leftOut reports whether the operator leaves an object out, so that none of its mistakes reaches a
// Prometheus.
func leftOut(found []validation.Finding) bool {
	return slices.ContainsFunc(found, func(f validation.Finding) bool { return f.LeavesOut })
}
