package main

import (
	"log/slog"
	"math"

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
