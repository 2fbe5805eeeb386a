package rig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// marker is the file that marks a directory as one that a rig may delete with all its content. A
// running rig holds a lock on the file.
const marker = ".promgate-rig"

// ClaimDir makes dir an empty directory that only its owner can read. It deletes the files of an
// earlier rig. It refuses a directory that contains anything else, and a directory that a running
// rig uses. The claim ends with release, or with the process.
func ClaimDir(dir string) (release func(), err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the run directory: %w", err)
	}
	path := filepath.Join(dir, marker)
	if _, err := os.Stat(path); err != nil && len(entries) > 0 {
		return nil, fmt.Errorf("claiming %s: it is not empty, and not a run directory of promgate (no %s in it)", dir, marker)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating the run directory: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("claiming %s: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("claiming %s: another run uses it: %w", dir, err)
	}
	for _, e := range entries {
		if e.Name() == marker {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			f.Close()
			return nil, fmt.Errorf("emptying the run directory: %w", err)
		}
	}
	return func() { f.Close() }, nil
}
