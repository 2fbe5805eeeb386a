package main

import (
	"log/slog"
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
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
	someMemory = 160 << 20
)

// collectLate makes the garbage collector wait until someMemory, or half of the container's memory, is in use. It is
// for a command that ends soon, and reads an input of that many bytes. It changes nothing if the input is large, where
// garbage has to be collected anyway, or if $GOGC or $GOMEMLIMIT is set.
func collectLate(input int, limit memlimit.Provider) {
	if input > fewBytes || os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	bytes := int64(someMemory)
	if container, err := limit(); err == nil && container < 2*someMemory {
		bytes = int64(container / 2)
	}
	debug.SetMemoryLimit(bytes)
	debug.SetGCPercent(-1)
}
