package main

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// TestProgressLine: the line appears after a second, is written anew at most every 200 ms, and is erased
// at the end. Short work shows nothing.
func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	line := newProgressLine(&out, "files checked", func() time.Time { return now })
	at := func(after time.Duration, done int, want string) {
		t.Helper()
		now = time.Unix(0, 0).Add(after)
		line.show(done, 9)
		if got := out.String(); got != want {
			t.Errorf("after %s: %q, want %q", after, got, want)
		}
	}
	at(0, 1, "")
	at(999*time.Millisecond, 2, "")
	at(time.Second, 3, "\r\x1b[K3 of 9 files checked")
	at(1199*time.Millisecond, 4, "\r\x1b[K3 of 9 files checked")
	at(1200*time.Millisecond, 5, "\r\x1b[K3 of 9 files checked\r\x1b[K5 of 9 files checked")
	line.end()
	at(5*time.Second, 9, "\r\x1b[K3 of 9 files checked\r\x1b[K5 of 9 files checked\r\x1b[K")

	out.Reset()
	line = newProgressLine(&out, "files checked", func() time.Time { return now })
	line.show(1, 1)
	line.end()
	if out.Len() > 0 {
		t.Errorf("short work showed %q", out.String())
	}
}

// TestNoProgressLine: a file and a pipe get no line.
func TestNoProgressLine(t *testing.T) {
	t.Setenv("TERM", "xterm")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if line := startProgress(w, ""); line != nil {
		t.Error("a pipe gets a line")
	}
	if line := startProgress(&bytes.Buffer{}, ""); line != nil {
		t.Error("a buffer gets a line")
	}
	var none *progressLine
	none.show(1, 2)
	none.end()
}
