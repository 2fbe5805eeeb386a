package webhook

import (
	"time"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

// Settings are the values that the configuration file sets. They are replaced as a whole while the
// server runs; each request uses one version of them.
type Settings struct {
	Policy validation.Policy

	// Labels are the labels that are added to objects while no known instance selects objects of
	// their kind.
	Labels defaulting.Rules

	// DuplicateJobs is the scope in which a job has one owner. Empty means endpoint.
	DuplicateJobs jobs.Scope

	// DenyLost is the number of objects from which on the update of a Prometheus that no longer selects them is refused. 0
	// means that none is.
	DenyLost int

	// Suppressions says which findings an object's annotation suppresses.
	Suppressions validation.Suppressions

	// ParseTime is how long Prometheus' parser may take for the expressions of one object.
	// 0 means [validation.DefaultParseTime].
	ParseTime time.Duration
}
