package reconcile

import (
	"crypto/sha256"
	"sync"

	"github.com/promgate/promgate/selection"
)

// ledger is what this process has written, and in which version it left it. One goroutine
// writes; the informers tell of changes at any time.
type ledger struct {
	mu      sync.Mutex
	entries map[outputKey]written

	// busy is what is being written right now, and heard the version that the informer told
	// of meanwhile. Which of the two came last only the end of the writing shows.
	busy  outputKey
	heard *string
}

// written is the state in which an output was left.
type written struct {
	sum     [sha256.Size]byte
	version string
	owner   selection.Ref
	foreign bool // somebody else's, and left as it is
}

func (l *ledger) begin(key outputKey) (before written, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy, l.heard = key, nil
	before, known = l.entries[key]
	return before, known
}

// end remembers how an output was left, and says whether it still is so.
func (l *ledger) end(key outputKey, w written) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = outputKey{}
	if l.heard != nil && *l.heard != w.version {
		delete(l.entries, key)
		return false
	}
	l.entries[key] = w
	return true
}

// forget is for what has to be looked at before it is written again.
func (l *ledger) forget(key outputKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = outputKey{}
	delete(l.entries, key)
}

func (l *ledger) changed(key outputKey, version string) (owner selection.Ref, ours bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if key == l.busy {
		l.heard = &version
		return selection.Ref{}, false
	}
	w, ours := l.entries[key]
	if !ours || w.version == version {
		return selection.Ref{}, false
	}
	delete(l.entries, key)
	return w.owner, true
}
