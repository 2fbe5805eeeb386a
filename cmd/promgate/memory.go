package main

import (
	"log/slog"
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"github.com/promgate/promgate/internal/initgc"
)

// memoryShare is the part of a container's memory limit that Go may use. The rest is for what Go does not count, and
// for moments in which the garbage collector is late.
const memoryShare = 0.9

// limitMemory makes the garbage collector keep within a limit, that of the container. $GOMEMLIMIT goes first. It
// returns how much memory Go may use, or 0 if that is not limited.
func limitMemory(limit memlimit.Provider, logger *slog.Logger) int64 {
	bytes, err := memlimit.Set(memlimit.WithRatio(memoryShare), memlimit.WithProvider(limit))
	if err != nil {
		logger.Warn("could not read the memory limit of the container", "error", err)
	}
	if bytes == math.MaxInt64 {
		logger.Info("memory is not limited")
		return 0
	}
	logger.Info("memory is limited", "bytes", bytes)
	return bytes
}

const (
	// fewBytes is the size of input up to which a command that ends soon need not collect garbage: what it allocates
	// fits into someMemory, nearly.
	fewBytes = 8 << 20

	// someMemory is what Go may use before garbage is collected.
	someMemory = 192 << 20
)

// collectsLate is the annotation of a command that calls collectLate, or lets the garbage collector resume, itself.
const collectsLate = "promgate.dev/collects-late"

// collectLate makes the garbage collector wait until someMemory, or half of the container's memory, is in use. It is for a
// command that ends soon, from its beginning on, and changes nothing if $GOGC or $GOMEMLIMIT is set. Once the size of its input is
// known, the command calls what is returned: if that is large, garbage has to be collected anyway, as usual.
func collectLate(limit memlimit.Provider) (setInput func(size int)) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		initgc.Resume()
		return func(int) {}
	}
	bytes := int64(someMemory)
	if container, err := limit(); err == nil && container < 2*someMemory {
		bytes = int64(container / 2)
	}
	oldLimit := debug.SetMemoryLimit(bytes)
	initgc.Pause()
	return func(size int) {
		if size > fewBytes {
			debug.SetMemoryLimit(oldLimit)
			initgc.Resume()
		}
	}
}
