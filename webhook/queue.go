package webhook

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// smallBody is the size of a body up to which a review is small, in bytes: nearly every monitor, and most rules.
	smallBody = 32 << 10

	// smallShare is the part of the cores that small reviews have while large ones wait as well, in quarters. The rest is for
	// the large ones.
	smallShare = 3
	shares     = 4
)

// errBusy means that a review would not be done in time.
var errBusy = errors.New("promgate is busy: the review would not be done in time")

// queue lets as many reviews work at once as there are cores. More would all be slower, and under much load none would be done
// before its deadline: all of them would be unchecked, and their work would be lost.
//
// A review that cannot be done in time by what is expected of those before it is refused when it arrives, so that
// the API server can call another replica. Small reviews and large ones wait in lanes of their own. While both wait, each lane
// has its share of the cores: a large object does not keep many small ones waiting, and many small ones do not starve it. What
// was let in keeps its place: nothing that arrives later delays it further than by the other lane's share.
type queue struct {
	now     func() time.Time
	changed func(waiting int) // called with the lock held
	cores   int

	mu           sync.Mutex
	working      []*turn
	small, large lane
}

// lane is a line of reviews that wait.
type lane struct {
	share   time.Duration // of the cores, in quarters
	waiting []*turn       // the first is the next
	backlog time.Duration // what those that wait are expected to take

	// used is how long the lane's turns were expected to take, divided by its share. The lane that used less is the next.
	used time.Duration
}

// turn is one review's place in the queue.
type turn struct {
	lane     *lane
	expected time.Duration
	worked   time.Duration // before it began for the last time
	began    time.Time
	start    chan struct{} // closed when it may work
}

func newQueue(cores int) *queue {
	return &queue{
		now: time.Now, changed: func(int) {}, cores: max(cores, 1),
		small: lane{share: smallShare}, large: lane{share: shares - smallShare},
	}
}

// enter waits until the review may work, at most until the context ends. begin is when it has to begin at the latest, and end when
// it has to be done. The caller has to call leave.
func (q *queue) enter(ctx context.Context, size int64, expected time.Duration, begin, end time.Time) (t *turn, err error) {
	if t = q.arrive(size, expected, begin, end); t == nil {
		return nil, errBusy
	}
	return t, q.wait(ctx, t)
}

// wait waits for a turn.
func (q *queue) wait(ctx context.Context, t *turn) error {
	select {
	case <-t.start:
		return nil
	case <-ctx.Done():
	}
	if q.giveUp(t) {
		return errBusy
	}
	return nil // it may work since a moment ago
}

// arrive puts a review into its lane, and returns nil if it would not be done in time.
func (q *queue) arrive(size int64, expected time.Duration, begin, end time.Time) *turn {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.laneOf(size)
	if !q.inTime(l, expected, begin, end) {
		return nil
	}
	t := &turn{lane: l, expected: expected, start: make(chan struct{})}
	q.join(t, len(l.waiting))
	q.dispatch()
	return t
}

func (q *queue) laneOf(size int64) *lane {
	if size > smallBody {
		return &q.large
	}
	return &q.small
}

// wouldLetIn reports whether a review that arrived now would be done in time, as far as is known.
func (q *queue) wouldLetIn(size int64, expected time.Duration, begin, end time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.inTime(q.laneOf(size), expected, begin, end)
}

// inTime reports whether a review that joins a lane would be done in time. The caller holds the lock.
func (q *queue) inTime(l *lane, expected time.Duration, begin, end time.Time) bool {
	if q.isFree() {
		return true
	}
	starts := q.now().Add(q.before(l))
	return !starts.After(begin) && !starts.Add(expected).After(end)
}

// isFree reports whether a review can begin at once.
func (q *queue) isFree() bool {
	return len(q.working) < q.cores && len(q.small.waiting)+len(q.large.waiting) == 0
}

// before returns how long a review that joins a lane has to wait, if the other lane always uses its share: until the cores have
// done what they work on, and what is before it in the lane.
func (q *queue) before(l *lane) time.Duration {
	busy := make([]time.Duration, q.cores) // how long each core still works
	now := q.now()
	for n, t := range q.working[:min(len(q.working), q.cores)] {
		busy[n] = max(t.expected-t.worked-now.Sub(t.began), 0)
	}
	slices.Sort(busy)
	ahead, at := l.backlog*shares/l.share, busy[0]
	for n := 1; n < len(busy); n++ {
		// The first n cores are free at this time, the next one later.
		idle := (busy[n] - at) * time.Duration(n)
		if ahead < idle {
			return at + ahead/time.Duration(n)
		}
		ahead -= idle
		at = busy[n]
	}
	return at + ahead/time.Duration(q.cores)
}

// join puts a turn into its lane. The caller holds the lock.
func (q *queue) join(t *turn, at int) {
	l, other := t.lane, &q.small
	if l == other {
		other = &q.large
	}
	if len(l.waiting) == 0 {
		l.used = max(l.used, other.used) // what it did not use while nothing waited is gone
	}
	l.waiting = slices.Insert(l.waiting, at, t)
	l.backlog += t.rest()
}

// rest returns how long a turn that waits is expected to work yet.
func (t *turn) rest() time.Duration { return max(t.expected-t.worked, 0) }

// dispatch lets turns begin while there are cores. The caller holds the lock.
func (q *queue) dispatch() {
	for len(q.working) < q.cores {
		l := q.next()
		if l == nil {
			break
		}
		t := l.waiting[0]
		l.waiting[0], l.waiting = nil, l.waiting[1:]
		l.backlog -= t.rest()
		l.used += t.rest() / l.share
		t.began = q.now()
		q.working = append(q.working, t)
		close(t.start)
	}
	q.changed(len(q.small.waiting) + len(q.large.waiting))
}

// next returns the lane whose turn it is, or nil if nothing waits.
func (q *queue) next() *lane {
	switch {
	case len(q.small.waiting) == 0 && len(q.large.waiting) == 0:
		return nil
	case len(q.large.waiting) == 0:
		return &q.small
	case len(q.small.waiting) == 0 || q.large.used < q.small.used:
		return &q.large
	}
	return &q.small
}

// giveUp takes a turn out of its lane, and reports whether it was there.
func (q *queue) giveUp(t *turn) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(t.lane.waiting, t)
	if at < 0 {
		return false
	}
	t.lane.waiting = slices.Delete(t.lane.waiting, at, at+1)
	t.lane.backlog -= t.rest()
	q.changed(len(q.small.waiting) + len(q.large.waiting))
	return true
}

// leave ends a turn, and returns how long it worked.
func (q *queue) leave(t *turn) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stop(t)
	return t.worked
}

// stop takes a turn off its core, if it has one. The caller holds the lock.
func (q *queue) stop(t *turn) {
	at := slices.Index(q.working, t)
	if at < 0 {
		return
	}
	q.working = slices.Delete(q.working, at, at+1)
	t.worked += q.now().Sub(t.began)
	q.dispatch()
}

// pause gives the core of a turn to others while the review waits for something else, and returns when it has one again, or the
// context ends. The turn is the next in its lane then.
func (q *queue) pause(ctx context.Context, t *turn, wait func()) {
	q.mu.Lock()
	q.stop(t)
	q.mu.Unlock()
	wait()
	q.mu.Lock()
	t.start = make(chan struct{})
	q.join(t, 0)
	q.dispatch()
	q.mu.Unlock()
	_ = q.wait(ctx, t) // a review whose time is up ends soon, without a core
}
