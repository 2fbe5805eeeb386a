package webhook

import (
	"container/list"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// firstChunk is as much of a body as most requests have, and chunk is how the others grow, in bytes.
	firstChunk = 4 << 10
	chunk      = 64 << 10

	// silence is how long a client may take for a chunk while others find no room.
	silence = 500 * time.Millisecond

	// smallReview is the memory of a review that does not queue behind large ones, in bytes.
	smallReview = 1 << 20

	// unlimited is the memory that promgate assumes to have if it has no limit, in bytes.
	unlimited = 2 << 30
)

var (
	errNoRoom = errors.New("too many large bodies at once")
	errSilent = errors.New("the body arrives slowly, and others need the room")
)

// memory bounds by bytes what all requests together hold. A request holds room for a body as far as the
// body has arrived, whatever its header claims. Once the body is complete, the request waits for room for its review,
// and gives the body's room back.
//
// Room for bodies is never waited for: a client that has half of its body here would wait for another one in the same
// situation. A request that finds no room is refused, which gives room back, and the API server calls again.
// Room for reviews is waited for, in order: a review that has room needs nothing else to come to its end.
type memory struct {
	now     func() time.Time
	changed func(bodies, reviews int64) // what is held; called with the lock held

	bodies int64               // the room for bodies
	small  *semaphore.Weighted // the room for small reviews
	large  *semaphore.Weighted // the room for all others
	most   int64               // the size of large

	mu        sync.Mutex
	arriving  list.List // of *body, the one that was the last to finish a chunk at the end
	inBodies  int64
	inReviews int64
}

// newMemory divides what a process may use: a half is for reviews, an eighth for bodies, and the rest is for the model of the
// cluster. Nothing is divided so that the largest body would not fit.
func newMemory(limit int64) *memory {
	m := &memory{now: time.Now, changed: func(int64, int64) {}}
	m.setRoom(max(limit/8, maxBodySize*5/4), limit/2)
	return m
}

func (m *memory) setRoom(bodies, reviews int64) {
	m.bodies, m.most = bodies, reviews*7/8
	m.small, m.large = semaphore.NewWeighted(reviews/8), semaphore.NewWeighted(m.most)
}

// body is the body of a request, as far as it has arrived.
type body struct {
	memory *memory
	stop   func() // ends the wait for the client

	chunks [][]byte

	// The memory's lock protects these.
	held   int64
	since  time.Time     // when the last chunk was finished
	place  *list.Element // in memory.arriving; nil if the body is complete, given up, or closed
	silent bool          // it lost its room
}

// open begins to receive a body. The caller has to close it.
func (m *memory) open(stop func()) *body {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := &body{memory: m, stop: stop, since: m.now()}
	b.place = m.arriving.PushBack(b)
	return b
}

// receive reads the body to its end.
func (b *body) receive(from io.Reader) error {
	defer b.arrived()
	for size := int64(firstChunk); ; size = chunk {
		if err := b.grow(size); err != nil {
			return err
		}
		part, err := fill(from, make([]byte, size))
		b.chunks = append(b.chunks, part)
		switch {
		case err != nil && b.lostRoom():
			return errSilent
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// fill reads until the chunk is full, and returns what was read. Unlike io.ReadFull it tells a body that ends from one that was
// cut off.
func fill(from io.Reader, part []byte) ([]byte, error) {
	for n := 0; ; {
		read, err := from.Read(part[n:])
		n += read
		if err != nil || n == len(part) {
			return part[:n], err //nolint:wrapcheck // the caller looks for the cause
		}
	}
}

// grow takes room for the next chunk. If there is none, clients that are silent lose theirs.
func (b *body) grow(size int64) error {
	m := b.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	if b.silent {
		return errSilent
	}
	b.since = m.now()
	m.arriving.MoveToBack(b.place)
	room := m.bodies
	if b.held > 0 {
		room = m.bodies * 7 / 8 // the rest is for first chunks: small reviews pass while large ones do not
	}
	for m.inBodies+size > room {
		if !m.dropSilent() {
			return errNoRoom
		}
	}
	b.held += size
	m.inBodies += size
	m.changed(m.inBodies, m.inReviews)
	return nil
}

// dropSilent takes the room of the client that has been silent for longest, if it has been for too long.
func (m *memory) dropSilent() bool {
	front := m.arriving.Front()
	if front == nil {
		return false
	}
	b := front.Value.(*body) //nolint:forcetypeassert // the list contains nothing else
	if m.now().Sub(b.since) < silence {
		return false
	}
	b.silent = true
	b.stop()
	b.leave()
	m.giveBack(b)
	return true
}

func (m *memory) giveBack(b *body) {
	m.inBodies -= b.held
	b.held = 0
	m.changed(m.inBodies, m.inReviews)
}

// leave takes the body out of those that can lose their room.
func (b *body) leave() {
	if b.place != nil {
		b.memory.arriving.Remove(b.place)
		b.place = nil
	}
}

// arrived marks the body as complete or given up: nothing ends its wait for the client any more.
func (b *body) arrived() {
	b.memory.mu.Lock()
	defer b.memory.mu.Unlock()
	b.leave()
}

func (b *body) lostRoom() bool {
	b.memory.mu.Lock()
	defer b.memory.mu.Unlock()
	return b.silent
}

// close gives back what the body holds.
func (b *body) close() {
	b.memory.mu.Lock()
	defer b.memory.mu.Unlock()
	b.chunks = nil
	b.leave()
	b.memory.giveBack(b)
}

// sizeOf returns how many bytes chunks contain.
func sizeOf(chunks [][]byte) int64 {
	size := 0
	for _, c := range chunks {
		size += len(c)
	}
	return int64(size)
}

// review waits for the room for a review, until the context ends. The caller has to call release.
func (m *memory) review(ctx context.Context, size int64) (release func(), err error) {
	room := m.large
	if size <= smallReview {
		room = m.small
	}
	if err := room.Acquire(ctx, size); err != nil {
		return nil, err //nolint:wrapcheck // the context's
	}
	m.addReviews(size)
	return func() {
		m.addReviews(-size)
		room.Release(size)
	}, nil
}

func (m *memory) addReviews(size int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inReviews += size
	m.changed(m.inBodies, m.inReviews)
}
