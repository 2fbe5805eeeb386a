package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// progressAfter is how long work takes before a progress line appears, and progressEvery the time
// between two versions of the line.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// A progressLine shows how much work is done, in one line of a terminal that is written again and again,
// and erased at the end. It is nil, and does nothing, if there is no terminal.
type progressLine struct {
	to   io.Writer
	what string
	now  func() time.Time

	mu   sync.Mutex
	next time.Time // when the line is written again
	seen bool      // the line is on the screen
	over bool
}

// startProgress returns the line for work that begins now, if w is a terminal that moves its cursor.
func startProgress(w io.Writer, what string) *progressLine {
	file, ok := w.(*os.File)
	if _, ci := os.LookupEnv("CI"); !ok || ci || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return newProgressLine(w, what, time.Now)
}

func newProgressLine(w io.Writer, what string, now func() time.Time) *progressLine {
	return &progressLine{to: w, what: what, now: now, next: now().Add(progressAfter)}
}

// eraseLine moves the cursor to the first column and erases the line.
const eraseLine = "\r\x1b[K"

// show notes how much is done. Several goroutines may call it.
func (p *progressLine) show(done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.over || now.Before(p.next) {
		return
	}
	p.next, p.seen = now.Add(progressEvery), true
	_, _ = fmt.Fprintf(p.to, "%s%d of %d %s", eraseLine, done, total, p.what) // nothing depends on it
}

// end erases the line.
func (p *progressLine) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	if p.seen {
		_, _ = io.WriteString(p.to, eraseLine) // nothing depends on it
	}
}
