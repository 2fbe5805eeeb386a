package reconcile

import (
	"crypto/sha256"
	"sync"

	"github.com/promgate/promgate/selection"
)

// ledger records which outputs this process has written, and the resource version of each. One
// goroutine writes outputs; informers report changes at any time. mu guards all fields.
type ledger struct {
	mu      sync.Mutex
	entries map[outputKey]writtenOutput

	// busy is the output that is being written, and heard the version that the informer reported
	// for it meanwhile. Only when the write has ended is it known which of the two versions is
	// newer.
	busy  outputKey
	heard *string
}

// writtenOutput is the state in which an output was left.
type writtenOutput struct {
	sum     [sha256.Size]byte
	version string
	owner   selection.Ref
	foreign bool // written by somebody else, and left unchanged
}

func (l *ledger) begin(key outputKey) (before writtenOutput, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy, l.heard = key, nil
	before, known = l.entries[key]
	return before, known
}

// end records how an output was left, and reports whether it is still in that state.
func (l *ledger) end(key outputKey, w writtenOutput) bool {
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

// forget drops the record of an output, so that it is read before it is written again.
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
