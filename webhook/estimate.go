package webhook

import (
	"math/bits"
	"sync"
	"time"
)

const (
	// unmeasured is how long a review is expected to take before any was measured: so much, and so much for each byte.
	unmeasured        = time.Millisecond
	unmeasuredPerByte = 200 * time.Nanosecond

	// inertia is the weight of what was measured before, against the newest measurement.
	inertia = 7
)

// estimates say how long a review takes by the size of its body, as measured. The time for one byte differs by the size, since a
// small review spends most of its time on what every review needs: each power of two has a mean of its own.
type estimates struct {
	mu    sync.Mutex
	means [64]time.Duration // by the length of the size in bits; 0 is not measured
}

// of returns how long a review of a body of this size is expected to take.
func (e *estimates) of(size int64) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	at := bits.Len64(uint64(max(size, 0))) % len(e.means)
	for below := at; below >= 0; below-- {
		if mean := e.means[below]; mean > 0 {
			return mean << (at - below) // what is larger takes longer, at most in proportion
		}
	}
	return unmeasured + time.Duration(size)*unmeasuredPerByte
}

// measured adds a measurement.
func (e *estimates) measured(size int64, took time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	mean := &e.means[bits.Len64(uint64(max(size, 0)))%len(e.means)]
	if *mean == 0 {
		*mean = max(took, 1)
		return
	}
	*mean = max((inertia**mean+took)/(inertia+1), 1)
}
