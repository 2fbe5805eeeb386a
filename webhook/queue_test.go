package webhook

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

const (
	small = int64(2 << 10)
	large = int64(80 << 10)
)

// hasBegun reports whether a turn has a core, or had one.
func (t *turn) hasBegun() bool {
	select {
	case <-t.start:
		return true
	default:
		return false
	}
}

// load is a simulation of reviews that arrive at a queue, with a clock of its own.
type load struct {
	queue *queue
	clock time.Time

	began, done       []*job                  // that have a core; that had one
	waiting           map[int64][]*job        // by size, in order
	offered, refused  map[int64]time.Duration // the work of reviews, by size
	worked            time.Duration
	longestSmallDelay time.Duration
}

// job is a review that takes as long as the queue expects, or a multiple of it.
type job struct {
	*turn

	size              int64
	takes             time.Duration
	arrived, end, due time.Time
}

func newLoad(cores int) *load {
	l := &load{queue: newQueue(cores), clock: time.Unix(0, 0), waiting: map[int64][]*job{}, offered: map[int64]time.Duration{}, refused: map[int64]time.Duration{}}
	l.queue.now = func() time.Time { return l.clock }
	return l
}

// arrive lets a review arrive.
func (l *load) arrive(size int64, expected, takes time.Duration) {
	l.offered[size] += takes
	t := l.queue.arrive(size, expected, l.clock.Add(2250*time.Millisecond), l.clock.Add(4500*time.Millisecond))
	if t == nil {
		l.refused[size] += takes
		return
	}
	l.waiting[size] = append(l.waiting[size], &job{turn: t, size: size, takes: takes, arrived: l.clock, due: l.clock.Add(4500 * time.Millisecond)})
	l.begin()
}

// begin finds the reviews that have got a core.
func (l *load) begin() {
	for size, waiting := range l.waiting {
		for len(waiting) > 0 && waiting[0].hasBegun() {
			j := waiting[0]
			waiting = waiting[1:]
			j.end = l.clock.Add(j.takes)
			if size == small {
				l.longestSmallDelay = max(l.longestSmallDelay, l.clock.Sub(j.arrived))
			}
			l.began = append(l.began, j)
		}
		l.waiting[size] = waiting
	}
}

// until lets reviews end until a time.
func (l *load) until(end time.Time) {
	for len(l.began) > 0 {
		next := slices.MinFunc(l.began, func(a, b *job) int { return a.end.Compare(b.end) })
		if next.end.After(end) {
			break
		}
		l.clock = next.end
		l.began = slices.DeleteFunc(l.began, func(j *job) bool { return j == next })
		l.done = append(l.done, next)
		l.worked += l.queue.leave(next.turn)
		l.begin()
	}
	l.clock = end
}

// TestOverload: under four times the load that the cores can serve, what is let in is done in time, the cores are never idle, and
// small reviews are favoured.
func TestOverload(t *testing.T) {
	const long = 10 * time.Second
	for name, c := range map[string]struct {
		cores       int
		smallPerTen int
		times       float64 // the load, in cores
		slower      float64 // than expected, at most
	}{
		"Two":          {cores: 2, smallPerTen: 7, times: 4, slower: 1},
		"One":          {cores: 1, smallPerTen: 7, times: 4, slower: 1},
		"Eight":        {cores: 8, smallPerTen: 7, times: 4, slower: 1},
		"OnlySmall":    {cores: 2, smallPerTen: 10, times: 4, slower: 1},
		"OnlyLarge":    {cores: 2, smallPerTen: 0, times: 4, slower: 1},
		"FloodOfSmall": {cores: 2, smallPerTen: 10, times: 40, slower: 1},
		"Slower":       {cores: 2, smallPerTen: 7, times: 4, slower: 1.5},
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			l := newLoad(c.cores)
			begin := l.clock
			for l.clock.Sub(begin) < long {
				size, expected := large, 15*time.Millisecond
				if random.IntN(10) < c.smallPerTen {
					size, expected = small, time.Millisecond
				}
				takes := time.Duration(float64(expected) * (1 + random.Float64()*(c.slower-1)))
				l.arrive(size, expected, takes)
				pause := random.ExpFloat64() * float64(takes) / (c.times * float64(c.cores))
				l.until(l.clock.Add(time.Duration(pause)))
			}
			ended := l.clock
			l.until(l.clock.Add(long))
			if n := len(l.waiting[small]) + len(l.waiting[large]); n+len(l.began) > 0 {
				t.Fatalf("%d reviews wait and %d work after ten seconds without any arriving", n, len(l.began))
			}
			for _, j := range l.done {
				if j.end.After(j.due) {
					t.Fatalf("a review of %d bytes that was let in ends %v late", j.size, j.end.Sub(j.due))
				}
			}
			if could := ended.Sub(begin) * time.Duration(c.cores); l.worked < could*98/100 {
				t.Errorf("the cores worked for %v of %v", l.worked, could)
			}
			if len(l.refused) == 0 {
				t.Error("nothing was refused")
			}
			if c.smallPerTen != 7 {
				return
			}
			if l.refused[small] > 0 {
				t.Errorf("%v of %v of small reviews were refused, although they fit into their share", l.refused[small], l.offered[small])
			}
			if l.longestSmallDelay > 100*time.Millisecond {
				t.Errorf("a small review waited for %v", l.longestSmallDelay)
			}
		})
	}
}

// TestNotStarved: while small reviews take more than there is, a large one still has its share.
func TestNotStarved(t *testing.T) {
	l := newLoad(2)
	begin := l.clock
	for l.clock.Sub(begin) < 10*time.Second {
		for range 10 {
			l.arrive(small, time.Millisecond, time.Millisecond)
		}
		l.arrive(large, 15*time.Millisecond, 15*time.Millisecond)
		l.until(l.clock.Add(time.Millisecond))
	}
	l.until(l.clock.Add(time.Minute))
	var work time.Duration
	for _, j := range l.done {
		if j.size == large {
			work += j.takes
		}
	}
	if share := work.Seconds() / 20; share < .2 || share > .4 {
		t.Errorf("large reviews had %.2f of the cores", share)
	}
}

// TestIdleTakesAnything: a review that is expected to take longer than its deadline is tried where nothing else wants the core.
func TestIdleTakesAnything(t *testing.T) {
	l := newLoad(1)
	l.arrive(large, time.Hour, time.Second)
	if len(l.began) != 1 {
		t.Fatal("it did not begin")
	}
	l.arrive(small, time.Millisecond, time.Millisecond)
	if len(l.waiting[small]) != 0 || l.refused[small] == 0 {
		t.Error("a review waits behind one that is expected to take an hour")
	}
}

// TestPause: a review that waits for something else gives its core to others, and goes on before those that wait.
func TestPause(t *testing.T) {
	q := newQueue(1)
	enter := func() *turn {
		t.Helper()
		turn := q.arrive(small, time.Millisecond, time.Now().Add(time.Hour), time.Now().Add(time.Hour))
		if turn == nil {
			t.Fatal("refused")
		}
		return turn
	}
	first, second, third := enter(), enter(), enter()
	q.pause(t.Context(), first, func() {
		if !second.hasBegun() || third.hasBegun() {
			t.Errorf("while the first waits, the second has begun: %v, and the third: %v", second.hasBegun(), third.hasBegun())
		}
		q.leave(second)
		if !third.hasBegun() {
			t.Error("the third has not begun")
		}
		q.leave(third)
		keeping := enter()
		go func() {
			// The first joins the line when its wait is over; then it is before the last.
			last := enter()
			for joined := false; !joined; {
				q.mu.Lock()
				joined = slices.Contains(q.small.waiting, first)
				if joined {
					q.stop(keeping)
					if last.hasBegun() {
						t.Error("the last has begun before the first")
					}
				}
				q.mu.Unlock()
			}
		}()
	})
	q.leave(first)
	if len(q.working) != 1 { // the last
		t.Errorf("%d work", len(q.working))
	}
}

// TestGivesUp: a turn whose time is up before it begins is gone from the queue.
func TestGivesUp(t *testing.T) {
	q := newQueue(1)
	later := time.Now().Add(time.Hour)
	working, err := q.enter(t.Context(), small, time.Millisecond, later, later)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.enter(ctx, small, time.Millisecond, later, later); !errors.Is(err, errBusy) {
		t.Errorf("got %v", err)
	}
	q.leave(working)
	if len(q.working)+len(q.small.waiting) > 0 || q.small.backlog != 0 {
		t.Errorf("%d work and %d wait, for %v", len(q.working), len(q.small.waiting), q.small.backlog)
	}
}

// TestEstimates: what is expected follows what is measured, and what was not measured follows from smaller sizes.
func TestEstimates(t *testing.T) {
	var e estimates
	if got := e.of(75_000); got < 5*time.Millisecond || got > 50*time.Millisecond {
		t.Errorf("before any measurement: %v", got)
	}
	e.measured(2000, time.Millisecond)
	if got := e.of(1500); got != time.Millisecond {
		t.Errorf("of the same power of two: %v", got)
	}
	if got := e.of(8000); got != 4*time.Millisecond {
		t.Errorf("four times the size: %v", got)
	}
	for range 100 {
		e.measured(2000, 3*time.Millisecond)
	}
	if got := e.of(2000); got < 2900*time.Microsecond || got > 3*time.Millisecond {
		t.Errorf("after a hundred measurements of 3 ms: %v", got)
	}
}

// TestBusy: what would not be done in time is refused when it arrives, and counted; what comes later is reviewed again.
func TestBusy(t *testing.T) {
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	r := serve(t, func(o *Options) {
		withAnswer(func(context.Context) error { entered <- struct{}{}; <-leave; return nil })(o)
		o.Cores = 1
	})
	done := make(chan int)
	post := func() { done <- r.postReview(t, "/validate?timeout=30s", `[]`).StatusCode }
	go post()
	<-entered
	go post() // waits
	// The time-out is shorter than what a review is expected to take, so that there is no time to wait.
	wantRetry(t, r.postReview(t, "/validate?timeout=1ms", `[]`))
	if n := testutil.CollectAndCount(r.registry, "promgate_busy_refusals_total"); n != 1 {
		t.Errorf("%d refusals are counted", n)
	}
	conn := r.dial(t)
	fmt.Fprint(conn, "POST /validate?timeout=1ms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n")
	early, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || early.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("a review of which nothing has arrived but its size: %v, %v", early, err)
	}
	early.Body.Close()
	close(leave)
	for range 2 {
		if code := <-done; code != 200 {
			t.Errorf("a review that fits: %d", code)
		}
	}
}
