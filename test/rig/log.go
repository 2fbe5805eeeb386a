package rig

import (
	"fmt"
	"os"
	"strings"
)

// tail gives the last lines of a file, for an error message: it may be incomplete,
// but it is never an error itself.
func tail(path string, lines int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	all := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
