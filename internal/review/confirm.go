package review

import (
	"context"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// doubt turns denials over another object into warnings while the model may be outdated, because
// that object may be long deleted. It does not ask the API server, which has not been heard from.
func (v *visit) doubt(found []validation.Finding) []validation.Finding {
	if v.Stale == nil {
		return found
	}
	kind, stale := v.Stale()
	if !stale {
		return found
	}
	for i, f := range found {
		if f.Clash != nil && f.Severity == validation.Deny {
			found[i].Severity, found[i].Clash = validation.Warn, nil
			found[i].Problem = "admitted unconfirmed, without news of " + kind + " objects: " + f.Problem
		}
	}
	return found
}

// maxConfirmations is how many rivals are looked up until one is confirmed.
const maxConfirmations = 5

// confirm omits denials over a rival that has been deleted or changed meanwhile, or is terminating:
// the model may lag behind by some moments, and a refusal has to be right. One confirmed rival is
// enough. Only here does promgate ask the API server while an object waits.
//
// retry reports that a rival was admitted a moment ago and is not stored: it may never be.
func (v *visit) confirm(ctx context.Context, found []validation.Finding) (rest []validation.Finding, retry bool) {
	if v.Live == nil {
		return found, false
	}
	c := confirmation{Reviewer: v.Reviewer, asked: map[question]bool{}}
	for _, f := range found {
		switch {
		case f.Clash == nil || f.Severity != validation.Deny || c.holds(ctx, f.Clash):
			rest = append(rest, f)
		case f.Clash.Reserved():
			retry = true
		}
	}
	return rest, retry
}

// A question is whether a rival still makes the claims that the model holds, or the claims that
// were reserved for it.
type question struct {
	rival    selection.Ref
	reserved bool
}

// A confirmation looks each rival up once, until one is confirmed.
type confirmation struct {
	*Reviewer

	asked   map[question]bool
	certain bool
}

func (c *confirmation) holds(ctx context.Context, clash *jobs.Clash) bool {
	q := question{clash.Rival.Ref, clash.Reserved()}
	held, known := c.asked[q]
	switch {
	case known:
		return held
	case c.certain:
		return true
	case len(c.asked) == maxConfirmations:
		return false
	}
	live, err := c.Live.Monitor(ctx, q.rival)
	if err != nil && c.Logger != nil {
		c.Logger.Warn("could not confirm a duplicate job", "rival", q.rival.String(), "error", err)
	}
	c.certain = err == nil && live != nil && c.Cluster.Holds(live, q.reserved)
	c.asked[q] = c.certain
	return c.certain
}
