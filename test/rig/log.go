package rig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// tail returns the last lines of a file, for an error message: the result may be incomplete, but a
// failure to read the file is never an error.
func tail(path string, lines int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	all := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// fileSize returns the size of a log. A log that does not exist yet is empty.
func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading a log: %w", err)
	}
	return info.Size(), nil
}

// readFrom returns the content of a log from an offset on.
func readFrom(path string, from int64) (string, error) {
	log, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading a log: %w", err)
	}
	return string(log[min(from, int64(len(log))):]), nil
}
