package validation

import "sync"

const (
	// RunMemory bounds what one run over many objects remembers, in bytes.
	RunMemory = 40 << 20

	// maxMemoText is the length of the longest text of which anything is remembered, in bytes.
	maxMemoText = 2 << 10

	// memoOverhead is what an entry takes, and memoFactor what it takes for each byte of the text that it is made of: a syntax
	// tree is many times as large as its text.
	memoOverhead = 2560
	memoFactor   = 20
)

// A Memo remembers what was made of texts that many objects share, such as the syntax tree of an expression: the
// copies of a rule for each cluster, or the description that a chart gives to all of its alerts. What it returns must
// not be changed. A nil Memo remembers nothing. Several goroutines may use it at once.
//
// It consists of two generations. A new entry, and one of the old generation that is asked for, goes into the new one; once that is
// full it becomes the old one, and the former old one is forgotten. So there is no order to be kept at each look.
type Memo struct {
	most  int64
	holds func(bytes int64)

	mu       sync.RWMutex
	new, old generation
}

// A generation is a part of a Memo, with what it takes in bytes.
type generation struct {
	made  map[any]any
	bytes int64
}

// NewMemo returns an empty Memo that takes at most so many bytes, approximately. It calls holds, unless that is nil, with what it takes whenever
// that changes, by one goroutine at a time.
func NewMemo(most int64, holds func(bytes int64)) *Memo {
	if holds == nil {
		holds = func(int64) {}
	}
	return &Memo{most: most, holds: holds, new: generation{made: map[any]any{}}}
}

// Remember returns what compute returned for an equal key before, or calls it. The key says all that the result depends
// on, and is made of a text of a certain length.
func Remember[K comparable, V any](m *Memo, key K, length int, compute func() V) V {
	if m == nil || length > maxMemoText {
		return compute()
	}
	m.mu.RLock()
	known, isNew := m.new.made[key].(V)
	isOld := false
	if !isNew {
		known, isOld = m.old.made[key].(V)
	}
	m.mu.RUnlock()
	switch {
	case isNew:
		return known
	case !isOld:
		known = compute() // without the lock: it may take long
	}
	m.add(key, known, memoOverhead+memoFactor*int64(length))
	return known
}

func (m *Memo) add(key, made any, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.new.made[key]; known || bytes > m.most/2 {
		return
	}
	if m.new.bytes+bytes > m.most/2 {
		m.old, m.new = m.new, generation{made: map[any]any{}}
	}
	m.new.made[key] = made
	m.new.bytes += bytes
	m.holds(m.new.bytes + m.old.bytes)
}
