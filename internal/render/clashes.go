package render

import (
	"cmp"
	"maps"
	"slices"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// clashes are those among the monitors of one Prometheus. Most have none.
type clashes struct {
	touched map[selection.Ref]bool // those to ask the index about
	found   map[selection.Ref][]jobs.Clash
	beaten  map[selection.Ref]bool // those with an endpoint that lost
}

func (c *clashes) changed(ref selection.Ref) {
	if c.touched == nil {
		c.touched = map[selection.Ref]bool{}
	}
	c.touched[ref] = true
}

// endpoint is one of a monitor's.
type endpoint struct {
	ref selection.Ref
	n   int // of its job
}

// resolve leaves out the endpoints that scrape what another one scrapes, under the same
// job, and takes back those whose rival is gone. Who comes first is the same as at the
// door. Only who stays counts: what has lost itself keeps nobody out.
func (e *Engine) resolve(i *instance) {
	index := e.model.Index()
	i.look(index)
	contests, undecided := i.contested(index), map[endpoint]bool{}
	for _, c := range contests {
		undecided[c.endpoint] = true
	}
	lost := map[endpoint]validation.Finding{}
	for len(contests) > 0 {
		// One that nobody undecided beats is in. There may be a circle, since a namespace's
		// own monitors come first: then the oldest is.
		first := slices.IndexFunc(contests, func(c contest) bool {
			return !slices.ContainsFunc(c.rivals, func(r rival) bool { return !r.beaten && undecided[r.endpoint] })
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

// look asks the index about what changed, and about who clashed with it or does now.
func (i *instance) look(index *jobs.Index) {
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

// contest is an endpoint with those that scrape the same.
type contest struct {
	endpoint

	monitor *jobs.Monitor
	rivals  []rival
}

type rival struct {
	endpoint

	beaten bool // by the one that it is a rival of
	clash  *jobs.Clash
}

// compare puts the older first.
func (c contest) compare(other contest) int {
	return cmp.Or(c.monitor.Created.Compare(other.monitor.Created), c.ref.Compare(other.ref), cmp.Compare(c.n, other.n))
}

// contested are the endpoints that clash with one of another monitor, both good, the
// oldest first.
func (i *instance) contested(index *jobs.Index) []contest {
	all := map[endpoint]*contest{}
	for ref, found := range i.clashes.found {
		mine := i.entries[ref]
		monitor := index.Monitor(ref)
		if mine == nil || monitor == nil || !mine.good() {
			continue
		}
		for n := range found {
			clash := &found[n]
			theirs := i.entries[clash.Rival.Ref]
			if theirs == nil || !theirs.good() {
				continue
			}
			me := endpoint{ref, mine.jobOf(monitor.Claims[clash.Claim].Endpoint)}
			it := endpoint{clash.Rival.Ref, theirs.jobOf(clash.Rival.Claims[clash.RivalClaim].Endpoint)}
			if all[me] == nil {
				all[me] = &contest{endpoint: me, monitor: monitor}
			}
			all[me].rivals = append(all[me].rivals, rival{endpoint: it, beaten: clash.Wins(monitor), clash: clash})
		}
	}
	contests := make([]contest, 0, len(all))
	for _, c := range all {
		contests = append(contests, *c)
	}
	slices.SortFunc(contests, contest.compare)
	return contests
}

// lostTo returns what the loser is left out for. The clash is as the winner sees it.
func (e *Engine) lostTo(i *instance, clash jobs.Clash, loser endpoint) validation.Finding {
	clash = clash.Reversed()
	clash.Lost = true
	return e.reviewer.Lost(e.model.Object(loser.ref), i.judge.Snapshot(), clash)
}

// leaveOut sets which endpoints have lost, besides those that a monitor repeats itself.
func (i *instance) leaveOut(lost map[endpoint]validation.Finding) {
	by := map[selection.Ref]map[int]validation.Finding{}
	for e, finding := range lost {
		if by[e.ref] == nil {
			by[e.ref] = map[int]validation.Finding{}
		}
		by[e.ref][e.n] = finding
	}
	for ref := range i.clashes.beaten {
		if by[ref] == nil {
			by[ref] = map[int]validation.Finding{}
		}
	}
	i.clashes.beaten = map[selection.Ref]bool{}
	for ref, now := range by {
		e := i.entries[ref]
		if e == nil {
			continue
		}
		if len(now) > 0 {
			i.clashes.beaten[ref] = true
		}
		maps.Copy(now, e.repeats)
		if !maps.EqualFunc(e.lost, now, func(a, b validation.Finding) bool { return a.Problem == b.Problem }) {
			changed := *e // configurations that are out already hold the other
			changed.lost = now
			i.put(&changed)
		}
	}
}
