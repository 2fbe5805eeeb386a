// Package initgc keeps the garbage collector from running while the packages of the program are initialised. They allocate some 6 MiB in all, which
// makes it run twice, for nothing: what they allocate stays. That is a tenth of the time that a short command takes.
//
// Go (1.26) initialises packages in the order of their import paths, once those that they import are: this one imports nothing
// but the standard library, so that it comes before those that allocate the most, which begin with k8s.io and sigs.k8s.io.
package initgc

import (
	"os"
	"runtime/debug"
)

// usual is the setting that [Resume] restores: that of $GOGC, or Go's own.
var usual = initially()

func initially() int {
	percent := debug.SetGCPercent(-1)
	if os.Getenv("GOGC") != "" { // the user wants it so
		debug.SetGCPercent(percent)
	}
	return percent
}

// Pause makes the garbage collector wait for the memory limit.
func Pause() { debug.SetGCPercent(-1) }

// Resume lets the garbage collector run as usual. Each command calls it at once, except for one that ends soon.
func Resume() { debug.SetGCPercent(usual) }
