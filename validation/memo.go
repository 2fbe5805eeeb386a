package validation

import "sync"

// The bounds of a [Memo]: what it holds stays in memory until the end of a run.
const (
	maxMemo     = 4096
	maxMemoText = 2 << 10 // in bytes
)

// A Memo remembers what was made of texts that many objects share, such as the syntax tree of an expression: the
// copies of a rule for each cluster, or the description that a chart gives to all of its alerts. What it returns must
// not be changed. A nil Memo remembers nothing. Several goroutines may use it at once.
type Memo struct {
	mu   sync.RWMutex
	made map[any]any
}

// NewMemo returns an empty Memo.
func NewMemo() *Memo { return &Memo{made: map[any]any{}} }

// Remember returns what compute returned for an equal key before, or calls it. The key says all that the result depends
// on, and is made of a text of a certain length.
func Remember[K comparable, V any](m *Memo, key K, length int, compute func() V) V {
	if m == nil || length > maxMemoText {
		return compute()
	}
	m.mu.RLock()
	known, ok := m.made[key].(V)
	m.mu.RUnlock()
	if ok {
		return known
	}
	made := compute()
	m.mu.Lock()
	if len(m.made) < maxMemo {
		m.made[key] = made
	}
	m.mu.Unlock()
	return made
}
