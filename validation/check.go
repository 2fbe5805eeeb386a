package validation

import (
	"maps"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/selection"
)

// A Check detects one kind of mistake in a part of an object. It is data and a pure function over
// that part. T is the part: a whole object, a rule, a duration. [Each] lifts a check on a part to a
// check on the whole object.
type Check[T any] struct {
	// ID is the check's name in messages and in the configuration, and the name of its file, its
	// cases and its page. IDs are permanent.
	ID string

	// Severity is the default severity. Deny is for what Prometheus refuses and for what can never
	// work; an opinion is a Warn.
	Severity Severity

	// LeavesOut means that the operator (v0.93.0) leaves out an object with such a mistake, so that
	// none of its other mistakes reaches a Prometheus.
	LeavesOut bool

	// Doc is the check's page.
	Doc Doc

	// Run returns what is wrong with the part, or nothing. It sets neither Check nor Severity of a
	// finding: the runner does. It must not change its input, and may be called by many goroutines
	// at once.
	Run func(part T, s Snapshot) []Finding

	// RunLast replaces Run in a check that reports only what no other check reports. before returns
	// the findings of the checks earlier in the list, with their default severity and including
	// checks that are off. It costs nothing if it is not called.
	RunLast func(part T, s Snapshot, before func() []Finding) []Finding
}

// Doc is the documentation of a check. The examples on its page are cases of the check, so that
// they are always run.
type Doc struct {
	// Title says in a few words what is wrong.
	Title string

	// Text says why it matters and how to fix it, in Markdown.
	Text string

	// Since is the first version of promgate that has the check.
	Since string
}

// Info is a check without its function, for lists and pages.
type Info struct {
	ID        string
	Severity  Severity
	LeavesOut bool
	Doc       Doc
}

// Info returns the description of the check.
func (c Check[T]) Info() Info {
	return Info{ID: c.ID, Severity: c.Severity, LeavesOut: c.LeavesOut, Doc: c.Doc}
}

// Each lifts a check on a part to a check on the whole object. The result keeps id, severity and
// page, and runs on every part that walk returns. A check on a part that several kinds share is
// written once; the kinds only walk to their parts.
func Each[W, P any](c Check[P], walk func(W) []P) Check[W] {
	return EachWith(c, func(whole W, _ Snapshot) []P { return walk(whole) })
}

// EachWith is [Each] where the parts depend on the snapshot, too.
func EachWith[W, P any](c Check[P], walk func(W, Snapshot) []P) Check[W] {
	return Check[W]{
		ID:        c.ID,
		Severity:  c.Severity,
		LeavesOut: c.LeavesOut,
		Doc:       c.Doc,
		Run: func(whole W, s Snapshot) []Finding {
			var found []Finding
			for _, part := range walk(whole, s) {
				found = append(found, c.Run(part, s)...)
			}
			return found
		},
	}
}

// Snapshot is everything that a check may know besides its object. It does not change while a check
// runs.
type Snapshot struct {
	// PromQL decides which expressions the engines that evaluate the object's rules can read.
	PromQL parser.Options

	// Names is the set of characters that metric and label names may have in those engines.
	Names model.ValidationScheme

	// ParseTime is how long Prometheus' parser may take for the expressions of an object,
	// as internal/exprcost estimates it. 0 means [DefaultParseTime].
	ParseTime time.Duration

	// Memo remembers what was parsed for other objects. It may be nil.
	Memo *Memo

	// Language is that of the expressions. Empty means PromQL.
	Language selection.Language

	// Prometheus is the Prometheus that selects the object, and Judge gives its verdict. If Judge
	// is nil, there is no verdict.
	Prometheus Prometheus
	Judge      Judge

	// Clashes are the clashes of the object with known monitors. Within Scope a job has one owner:
	// a clash of a laxer scope refuses nothing.
	Clashes []jobs.Clash
	Scope   jobs.Scope

	// Unserved and Twins describe the Services that a ServiceMonitor selects: endpoints whose port
	// no Service has, and pairs of Services with the same pods.
	Unserved []jobs.Unserved
	Twins    []jobs.Twins

	// Elsewhere is set if the Services that a ServiceMonitor selects are in namespaces that it does
	// not look into, Unlabeled if none of them has the label that names its jobs. PodPorts are the
	// ports of pods that the Services have behind the port of an endpoint.
	Elsewhere *jobs.Elsewhere
	Unlabeled *jobs.Unlabeled
	PodPorts  map[int][]string

	// Changes is what an update does to other objects: an update of an instance, or of the labels of a namespace. It
	// holds one change for each instance that then selects otherwise. ChangesItself means that the object is that
	// instance. From DenyLost lost objects on the update is refused; 0 means never.
	Changes       []jobs.Change
	ChangesItself bool
	DenyLost      int

	// Refusals are what instances refuse, after such an update, of what they then select, as far as it was looked at.
	Refusals []Refusals

	// Loaded is what the Prometheus or ThanosRuler loads of rules besides the object. It is nil if
	// none is known, and for other objects than rules.
	Loaded *records.Loaded

	// Unselected holds, for each instance, why it does not select the object, the nearest first. It
	// is empty if an instance selects the object, and if no instance is known.
	Unselected []selection.Near
}

// DefaultParseTime is the default of [Snapshot.ParseTime].
const DefaultParseTime = exprcost.DefaultTime

// SetSurroundings copies from another snapshot the fields that depend on other objects than the
// checked one and the Prometheus that selects it. They are equal for each Prometheus, but for Loaded, which it
// leaves alone.
func (s *Snapshot) SetSurroundings(other Snapshot) {
	s.Clashes, s.Scope = other.Clashes, other.Scope
	s.Unserved, s.Twins = other.Unserved, other.Twins
	s.Elsewhere, s.Unlabeled, s.PodPorts = other.Elsewhere, other.Unlabeled, other.PodPorts
	s.Changes, s.ChangesItself, s.DenyLost = other.Changes, other.ChangesItself, other.DenyLost
	s.Refusals = other.Refusals
	s.Unselected = other.Unselected
}

// Permissive returns the snapshot for an object whose engine is unknown: it accepts whatever some
// Prometheus could read. It follows Prometheus v0.316 (3.16).
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

// RemovedFunctions are the functions of Prometheus 2 that version 3 does not have, each with its
// replacement.
func RemovedFunctions() map[string]string {
	return map[string]string{"holt_winters": "double_exponential_smoothing"}
}

// functionsOfAnyVersion are the functions of Prometheus 2 and 3. Nobody changes the map.
var functionsOfAnyVersion = sync.OnceValue(func() map[string]*parser.Function {
	functions := maps.Clone(parser.Functions)
	for name, successor := range RemovedFunctions() {
		removed := *functions[successor]
		removed.Name = name
		removed.Experimental = false
		functions[name] = &removed
	}
	return functions
})
