package judge

import (
	"time"

	"github.com/promgate/promgate/relabeling"
)

// Limits bound what a judge shows to Prometheus' code, which accepts some values that no
// Prometheus can use. What is beyond them is refused without being loaded. They are
// parameters so that tests reach them with values that any Prometheus can use.
type Limits struct {
	// NoValue are the texts that YAML reads as no value, quoted or not.
	NoValue relabeling.NoValueTexts

	// Instructions is how many instructions all regular expressions that are loaded at
	// once may compile to.
	Instructions int

	// Relabelings is how many relabelings one object may make.
	Relabelings int

	// Interval is the shortest interval at which Prometheus repeats something.
	Interval time.Duration

	// Reserved is how many samples or exemplars Prometheus may reserve memory for at start.
	Reserved int

	// Connections is how many connections the web server must accept at least.
	Connections int

	// Concurrent is how many queries or reads at once must be allowed at least.
	Concurrent int

	// Paths are the marks in the paths that the web server serves.
	Paths PathMarks
}

const (
	// maxInstructions leaves room for thousands of usual expressions, which have hundreds
	// of instructions each.
	maxInstructions = 2_000_000

	// maxRelabelings is far above the largest objects that are known, which make some
	// hundreds of relabelings.
	maxRelabelings = 30_000

	// shortestInterval excludes zero, which is not the default in these fields.
	shortestInterval = time.Nanosecond

	// maxReserved is far above the defaults, 10,000 samples and 100,000 exemplars.
	maxReserved = 1_000_000_000

	// minConnections lets at least one client in.
	minConnections = 1
)

// DefaultLimits returns the limits that are used outside of tests.
func DefaultLimits() Limits {
	return Limits{
		NoValue:      relabeling.DefaultNoValueTexts(),
		Instructions: maxInstructions,
		Relabelings:  maxRelabelings,
		Interval:     shortestInterval,
		Reserved:     maxReserved,
		Connections:  minConnections,
		Paths:        defaultPathMarks(),
	}
}
