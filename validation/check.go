package validation

import (
	"maps"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// A Check is one thing that can be wrong with a part of an object: data, and a
// pure function over that part. T is the part: a whole object, a rule, a
// duration. [Each] lifts a check on a part to a check on the whole.
type Check[T any] struct {
	// ID names the check everywhere: in messages, in the configuration, and as the
	// name of its file, its cases and its page. IDs are permanent.
	ID string

	// Severity as installed. Deny is for what Prometheus refuses and for what can
	// never work; an opinion is a Warn.
	Severity Severity

	// LeavesOut says that the operator (v0.93.0) leaves an object with such a mistake out,
	// so that none of its other mistakes reaches a Prometheus.
	LeavesOut bool

	// Doc is the check's page.
	Doc Doc

	// Run returns what is wrong with the part, or nothing. It sets neither Check nor
	// Severity of a finding: the runner does. It must not change its input, and may
	// be called from many goroutines at once.
	Run func(part T, s Snapshot) []Finding

	// RunLast takes the place of Run in a check that speaks only of what no other check
	// names: before returns what the checks before it on the list have found, also those
	// that are off, with the severity as installed. It costs nothing if it is not called.
	RunLast func(part T, s Snapshot, before func() []Finding) []Finding
}

// Doc is the documentation of a check. The page's examples are taken from the
// check's cases, so that they are always run.
type Doc struct {
	// Title says in a few words what is wrong.
	Title string

	// Text says why it matters and how to mend it. Markdown.
	Text string

	// Since is the first version of promgate that has the check.
	Since string
}

// Info is a check without its function: what a list or a page needs.
type Info struct {
	ID        string
	Severity  Severity
	LeavesOut bool
	Doc       Doc
}

// Info describes the check.
func (c Check[T]) Info() Info {
	return Info{ID: c.ID, Severity: c.Severity, LeavesOut: c.LeavesOut, Doc: c.Doc}
}

// Each lifts a check on a part to a check on the whole: it keeps id, severity and
// page, and runs on every part that walk returns. A check on a part that several
// kinds share is written once; the kinds only walk to their parts.
func Each[W, P any](c Check[P], walk func(W) []P) Check[W] {
	return Check[W]{
		ID:        c.ID,
		Severity:  c.Severity,
		LeavesOut: c.LeavesOut,
		Doc:       c.Doc,
		Run: func(whole W, s Snapshot) []Finding {
			var found []Finding
			for _, part := range walk(whole) {
				found = append(found, c.Run(part, s)...)
			}
			return found
		},
	}
}

// Snapshot is all that a check may know beyond its object. It does not change
// while a check runs.
type Snapshot struct {
	// PromQL says which expressions the engines that evaluate the object's rules can
	// read.
	PromQL parser.Options

	// Names is the alphabet of metric and label names in those engines.
	Names model.ValidationScheme

	// ParseTime is how long Prometheus' parser may take for the expressions of an object,
	// as internal/exprcost estimates it. 0 means [DefaultParseTime].
	ParseTime time.Duration

	// Prometheus takes the object, and Judge speaks for it. Without a judge there is
	// no verdict of its own.
	Prometheus Prometheus
	Judge      Judge

	// Clashes are those of the object with monitors that are known. Within Scope a job has one
	// owner: a clash of a laxer scope refuses nothing.
	Clashes []jobs.Clash
	Scope   jobs.Scope

	// Unserved and Twins are what is known of the Services that a ServiceMonitor selects:
	// endpoints whose port no Service has, and pairs of Services of the same pods.
	Unserved []jobs.Unserved
	Twins    []jobs.Twins

	// Unselected says for each instance why it does not select the object, the nearest first.
	// It is empty when one selects it, and when none is known.
	Unselected []selection.Near
}

// DefaultParseTime is the [Snapshot.ParseTime] as installed.
const DefaultParseTime = exprcost.DefaultTime

// Around takes over from another snapshot what depends on other objects than the one that is
// checked and the Prometheus that selects it.
func (s *Snapshot) Around(other Snapshot) {
	s.Clashes, s.Scope = other.Clashes, other.Scope
	s.Unserved, s.Twins = other.Unserved, other.Twins
	s.Unselected = other.Unselected
}

// Permissive is the snapshot for an object of which no engine is known: whatever
// some Prometheus could read passes. It follows Prometheus v0.316 (3.16).
func Permissive() Snapshot {
	return Snapshot{
		PromQL: parser.Options{
			EnableExperimentalFunctions: true,
			EnableBinopFillModifiers:    true,
			EnableUnquotedUTF8Names:     true,
			Functions:                   functionsOfAnyVersion(),
		},
		Names: model.UTF8Validation,
	}
}

// RemovedFunctions are the functions that Prometheus had before version 3 and has
// no more, each with what took its place.
func RemovedFunctions() map[string]string {
	return map[string]string{"holt_winters": "double_exponential_smoothing"}
}

// functionsOfAnyVersion is what some Prometheus, 2 or 3, can call.
func functionsOfAnyVersion() map[string]*parser.Function {
	functions := maps.Clone(parser.Functions)
	for name, successor := range RemovedFunctions() {
		removed := *functions[successor]
		removed.Name = name
		removed.Experimental = false
		functions[name] = &removed
	}
	return functions
}
