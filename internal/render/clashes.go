package render

import (
	"cmp"
	"maps"
	"slices"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// clashes records which monitors of one Prometheus clash. Most Prometheus objects have no clash.
type clashes struct {
	touched map[selection.Ref]bool // monitors whose clashes the index has to be asked for again
	found   map[selection.Ref][]jobs.Clash
	losing  map[selection.Ref]bool // monitors with an endpoint that lost a clash
}

func (c *clashes) changed(ref selection.Ref) {
	if c.touched == nil {
		c.touched = map[selection.Ref]bool{}
	}
	c.touched[ref] = true
}

// endpoint is one endpoint of a monitor.
type endpoint struct {
	ref selection.Ref
	n   int // the index of its job
}

// resolve leaves out each endpoint that scrapes the same target as another under the same job, and
// includes it again when its rival is deleted. The order of precedence is that of the webhook. Only
// an included endpoint keeps others out: an endpoint that lost keeps nobody out.
func (e *Engine) resolve(i *instance) {
	index := e.model.Index()
	i.refreshClashes(index)
	contests, undecided := i.contested(index), map[endpoint]bool{}
	for _, c := range contests {
		undecided[c.endpoint] = true
	}
	lost := map[endpoint]validation.Finding{}
	for len(contests) > 0 {
		// An endpoint is included once no undecided endpoint precedes it. Precedence can be
		// circular, because a namespace's own monitors come first: then the oldest is included.
		first := slices.IndexFunc(contests, func(c contest) bool {
			return !slices.ContainsFunc(c.rivals, func(r rival) bool { return !r.loses && undecided[r.endpoint] })
		})
		in := contests[max(first, 0)]
		delete(undecided, in.endpoint)
		for _, r := range in.rivals {
			if undecided[r.endpoint] {
				lost[r.endpoint] = e.lostTo(i, *r.clash, r.endpoint)
				delete(undecided, r.endpoint)
			}
		}
		contests = slices.DeleteFunc(contests, func(c contest) bool { return !undecided[c.endpoint] })
	}
	i.leaveOut(lost)
}

// refreshClashes asks the index about the monitors that changed, and about the monitors that
// clashed with them before or do now.
func (i *instance) refreshClashes(index *jobs.Index) {
	c := &i.clashes
	ask := c.touched
	if i.reconsider {
		ask = map[selection.Ref]bool{}
		c.found = map[selection.Ref][]jobs.Clash{}
		for ref := range i.entries {
			ask[ref] = true
		}
	}
	i.reconsider, c.touched = false, nil
	again := map[selection.Ref]bool{}
	for ref := range ask {
		for _, clash := range c.found[ref] {
			again[clash.Rival.Ref] = true
		}
		i.ask(index, ref)
		for _, clash := range c.found[ref] {
			again[clash.Rival.Ref] = true
		}
	}
	for ref := range again {
		if !ask[ref] {
			i.ask(index, ref)
		}
	}
}

func (i *instance) ask(index *jobs.Index, ref selection.Ref) {
	c := &i.clashes
	if c.found == nil {
		c.found = map[selection.Ref][]jobs.Clash{}
	}
	delete(c.found, ref)
	monitor := index.Monitor(ref)
	if monitor == nil || i.entries[ref] == nil {
		return
	}
	for _, clash := range index.Clashes(monitor) {
		elsewhere := clash.Rival.Namespace != ref.Namespace || clash.Namespace != ref.Namespace
		if clash.Prometheus == i.Name() && (!i.OwnNamespaces || !elsewhere) {
			c.found[ref] = append(c.found[ref], clash)
		}
	}
}

// contest is an endpoint, with the endpoints that scrape the same target.
type contest struct {
	endpoint

	monitor *jobs.Monitor
	rivals  []rival
}

type rival struct {
	endpoint

	loses bool // the endpoint that this is a rival of precedes it
	clash *jobs.Clash
}

// compare orders the older endpoint first.
func (c contest) compare(other contest) int {
	return cmp.Or(c.monitor.Created.Compare(other.monitor.Created), c.ref.Compare(other.ref), cmp.Compare(c.n, other.n))
}

// contested returns the endpoints that clash with an endpoint of another monitor, both valid, the
// oldest first.
func (i *instance) contested(index *jobs.Index) []contest {
	all := map[endpoint]*contest{}
	for ref, found := range i.clashes.found {
		mine := i.entries[ref]
		monitor := index.Monitor(ref)
		if mine == nil || monitor == nil || !mine.valid() {
			continue
		}
		for n := range found {
			clash := &found[n]
			theirs := i.entries[clash.Rival.Ref]
			if theirs == nil || !theirs.valid() {
				continue
			}
			me := endpoint{ref, mine.jobOf(monitor.Claims[clash.Claim].Endpoint)}
			it := endpoint{clash.Rival.Ref, theirs.jobOf(clash.Rival.Claims[clash.RivalClaim].Endpoint)}
			if all[me] == nil {
				all[me] = &contest{endpoint: me, monitor: monitor}
			}
			all[me].rivals = append(all[me].rivals, rival{endpoint: it, loses: clash.Wins(monitor), clash: clash})
		}
	}
	contests := make([]contest, 0, len(all))
	for _, c := range all {
		contests = append(contests, *c)
	}
	slices.SortFunc(contests, contest.compare)
	return contests
}

// lostTo returns the finding for which the loser is left out. The clash is seen from the winner.
func (e *Engine) lostTo(i *instance, clash jobs.Clash, loser endpoint) validation.Finding {
	clash = clash.Reversed()
	clash.Lost = true
	return e.reviewer.Lost(e.model.Object(loser.ref), i.judge.Snapshot(), clash)
}

// leaveOut sets which endpoints have lost a clash, besides those that repeat another endpoint of
// the same monitor.
func (i *instance) leaveOut(lost map[endpoint]validation.Finding) {
	by := map[selection.Ref]map[int]validation.Finding{}
	for e, finding := range lost {
		if by[e.ref] == nil {
			by[e.ref] = map[int]validation.Finding{}
		}
		by[e.ref][e.n] = finding
	}
	for ref := range i.clashes.losing {
		if by[ref] == nil {
			by[ref] = map[int]validation.Finding{}
		}
	}
	i.clashes.losing = map[selection.Ref]bool{}
	for ref, now := range by {
		e := i.entries[ref]
		if e == nil {
			continue
		}
		if len(now) > 0 {
			i.clashes.losing[ref] = true
		}
		maps.Copy(now, e.repeats)
		if !maps.EqualFunc(e.lost, now, func(a, b validation.Finding) bool { return a.Problem == b.Problem }) {
			changed := *e // configurations that were returned before hold the old entry
			changed.lost = now
			i.put(&changed)
		}
	}
}
