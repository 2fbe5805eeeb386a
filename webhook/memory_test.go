package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// clocked returns a memory with this room for bodies, whose clock only the test moves.
func clocked(bodies int64) (*memory, *time.Time) {
	now := time.Unix(0, 0)
	m := newMemory(unlimited)
	m.setRoom(bodies, 16<<20)
	m.now = func() time.Time { return now }
	return m, &now
}

// slow is a body that arrives through a pipe. What it holds is settled whenever a write to the pipe has
// returned, because the reader takes room before it reads.
type slow struct {
	*body

	writer  *io.PipeWriter
	stopped bool
	result  chan error
}

func sendSlowly(m *memory) *slow {
	reader, writer := io.Pipe()
	s := &slow{writer: writer, result: make(chan error, 1)}
	s.body = m.open(func() { s.stopped = true; reader.CloseWithError(context.DeadlineExceeded) })
	go func() { s.result <- s.receive(reader) }()
	return s
}

func (s *slow) send(t *testing.T, n int) {
	t.Helper()
	if _, err := s.writer.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
}

// wantHeld compares the room for bodies that is taken.
func wantHeld(t *testing.T, m *memory, want int64) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inBodies != want {
		t.Errorf("%d bytes are held, want %d", m.inBodies, want)
	}
}

// wantReviews compares the memory for reviews that is taken.
func wantReviews(t *testing.T, m *memory, want int64) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inReviews != want {
		t.Errorf("%d bytes are held for reviews, want %d", m.inReviews, want)
	}
}

// TestBodyHoldsWhatArrived: a body takes room chunk by chunk, as it arrives, and gives all of it back.
func TestBodyHoldsWhatArrived(t *testing.T) {
	m, _ := clocked(1 << 20)
	s := sendSlowly(m)
	s.send(t, 10)
	wantHeld(t, m, firstChunk)
	s.send(t, firstChunk)
	wantHeld(t, m, firstChunk+chunk)
	s.send(t, chunk)
	wantHeld(t, m, firstChunk+2*chunk)
	s.writer.Close()
	if err := <-s.result; err != nil || sizeOf(s.chunks) != 10+firstChunk+chunk {
		t.Errorf("%d bytes arrived: %v", sizeOf(s.chunks), err)
	}
	s.close()
	wantHeld(t, m, 0)
	s.close() // once is enough
	wantHeld(t, m, 0)
}

// TestBodyContent: all bytes arrive in order, however they are cut, and the end of a body is told from its loss.
func TestBodyContent(t *testing.T) {
	for _, size := range []int{0, 1, firstChunk - 1, firstChunk, firstChunk + 1, firstChunk + chunk, 3*chunk + 7} {
		m, _ := clocked(1 << 20)
		content := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		b := m.open(func() {})
		if err := b.receive(io.MultiReader(bytes.NewReader(content[:size/3]), bytes.NewReader(content[size/3:]))); err != nil {
			t.Error(err)
		}
		if got := bytes.Join(b.chunks, nil); !bytes.Equal(got, content) {
			t.Errorf("%d bytes arrived as %d", size, len(got))
		}
		b.close()
		b = m.open(func() {})
		if err := b.receive(io.MultiReader(bytes.NewReader(content), failing{})); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("a body that is cut off after %d bytes: %v", size, err)
		}
		b.close()
		wantHeld(t, m, 0)
	}
}

// failing is a body that the client does not finish.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestSilentLosesRoom: while there is no room, a client that has not finished a chunk for a while loses its own. A client that
// finishes chunks does not, and neither does a body that is complete.
func TestSilentLosesRoom(t *testing.T) {
	m, now := clocked(16 * chunk)
	complete := m.open(func() { t.Error("a complete body was stopped") })
	if err := complete.receive(strings.NewReader(strings.Repeat("x", chunk))); err != nil {
		t.Fatal(err)
	}
	silent, busy := sendSlowly(m), sendSlowly(m)
	silent.send(t, 4*chunk)
	*now = now.Add(silence / 2)
	busy.send(t, 4*chunk)

	large := strings.NewReader(strings.Repeat("x", 8*chunk))
	refused := m.open(func() {})
	if err := refused.receive(large); !errors.Is(err, errNoRoom) {
		t.Errorf("nobody is silent yet: %v", err)
	}
	refused.close()
	large.Seek(0, io.SeekStart)
	*now = now.Add(silence / 2)
	accepted := m.open(func() {})
	if err := accepted.receive(large); err != nil {
		t.Errorf("the silent client keeps its room: %v", err)
	}
	if err := <-silent.result; !errors.Is(err, errSilent) || !silent.stopped {
		t.Errorf("the silent client: %v", err)
	}
	busy.writer.Close()
	if err := <-busy.result; err != nil {
		t.Errorf("a client that finished a chunk recently: %v", err)
	}
	for _, b := range []*body{complete, silent.body, busy.body, accepted} {
		b.close()
	}
	wantHeld(t, m, 0)
}

// TestSmallBodyFits: large bodies leave room for those of one chunk.
func TestSmallBodyFits(t *testing.T) {
	m, _ := clocked(16 * chunk)
	for {
		large := m.open(func() {})
		if err := large.receive(strings.NewReader(strings.Repeat("x", 3*chunk))); err != nil {
			break // it keeps its room: it is not closed
		}
	}
	for range 16 {
		small := m.open(func() {})
		if err := small.receive(strings.NewReader(strings.Repeat("x", 3000))); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReviewsWait: a review waits for the room of another one, until the context ends. A small review does not wait for large ones.
func TestReviewsWait(t *testing.T) {
	m, _ := clocked(1 << 20)
	release, err := m.review(t.Context(), m.most)
	if err != nil {
		t.Fatal(err)
	}
	small, err := m.review(t.Context(), smallReview)
	if err != nil {
		t.Errorf("a small review waits: %v", err)
	}
	small()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.review(ended, 2*smallReview); !errors.Is(err, context.Canceled) {
		t.Errorf("two reviews have the same room: %v", err)
	}
	got := make(chan error)
	go func() {
		again, err := m.review(t.Context(), m.most)
		if err == nil {
			again()
		}
		got <- err
	}()
	release()
	if err := <-got; err != nil {
		t.Error(err)
	}
	wantReviews(t, m, 0)
}

// TestMemoryAddsUp: whatever happens in whatever order, the room that is taken is the sum of what the bodies hold, never
// more than there is, and nothing when all are closed.
func TestMemoryAddsUp(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		m, now := clocked(20 * chunk)
		var open []*body
		for range 300 {
			switch i := random.IntN(max(1, len(open))); {
			case len(open) == 0 || random.IntN(4) == 0:
				open = append(open, m.open(func() {}))
			case open[i].place == nil || random.IntN(8) == 0:
				if random.IntN(2) == 0 {
					open[i].arrived()
				} else {
					open[i].close()
					open = append(open[:i], open[i+1:]...)
				}
			default:
				_ = open[i].grow([]int64{firstChunk, chunk}[random.IntN(2)])
			}
			*now = now.Add(time.Duration(random.IntN(int(silence / 8))))
			sum := int64(0)
			for _, b := range open {
				sum += b.held
			}
			if sum != m.inBodies || sum > m.bodies {
				t.Fatalf("seed %d: the bodies hold %d bytes, %d are taken of %d", seed, sum, m.inBodies, m.bodies)
			}
		}
		for _, b := range open {
			b.close()
		}
		if m.inBodies != 0 || m.arriving.Len() != 0 {
			t.Fatalf("seed %d: %d bytes and %d bodies are left", seed, m.inBodies, m.arriving.Len())
		}
	}
}

// TestRoomForLargest: whatever the limit is, the largest body fits.
func TestRoomForLargest(t *testing.T) {
	for _, limit := range []int64{1, 64 << 20, 230 << 20, unlimited} {
		m := newMemory(limit)
		b := m.open(func() {})
		if err := b.receive(io.LimitReader(zeros{}, maxBodySize)); err != nil {
			t.Errorf("with a limit of %d MiB: %v", limit>>20, err)
		}
		b.close()
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
