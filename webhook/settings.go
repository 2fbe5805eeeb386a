package webhook

import (
	"time"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

// Settings are what the configuration file decides. They are replaced as a whole
// while the server runs; a request sees one state of them.
type Settings struct {
	Policy validation.Policy

	// Labels are those that objects get while no Prometheus is known that takes objects
	// of their kind.
	Labels defaulting.Rules

	// DefaultPrometheus, namespace/name, is the one whose labels are added where several
	// could select an object. May be empty.
	DefaultPrometheus string

	// DuplicateJobs is the scope in which a job has one owner. Empty is an endpoint.
	DuplicateJobs jobs.Scope

	// ParseTime is how long Prometheus' parser may take for the expressions of one object.
	// 0 means [validation.DefaultParseTime].
	ParseTime time.Duration
}
