package webhook

import (
	"context"
	"time"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/selection"
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

	// DuplicateJobs is how much of a job one monitor owns. Empty is an endpoint.
	DuplicateJobs selection.Scope

	// ParseTime is how long Prometheus' parser may take for the expressions of one object.
	// 0 means [validation.DefaultParseTime].
	ParseTime time.Duration
}

// Prometheuses knows who takes an object.
type Prometheuses interface {
	// Taking gives what checks may know of each Prometheus that selects an object of a
	// kind with these labels, in a namespace with those, ordered by name. It answers
	// from memory, never from the network.
	Taking(kind, namespace string, object, ofNamespace map[string]string) []validation.Snapshot

	// Standing says how such an object stands with all that take objects of its kind.
	// known is false when there is none.
	Standing(kind, namespace string, object, ofNamespace map[string]string) (s selection.Standing, known bool)

	// Unselected says of each of them, the nearest first, why it does not select such an
	// object, if none does.
	Unselected(kind, namespace string, object, ofNamespace map[string]string) []validation.Unselected

	// Services is what the endpoints of a monitor find on the Services that are known.
	Services(object any) validation.Services

	// Clashes are those of a monitor, as it would be stored, with others that are known. What
	// lies beyond the scope refuses nothing.
	Clashes(object any, scope selection.Scope) []validation.Clash

	// Reserve is Clashes for a monitor that is about to be stored, and takes its claims in
	// the same step if no rival but those settled is in the way. Release gives them back if
	// it is not known to be stored by then; it is nil if nothing was reserved.
	Reserve(object any, scope selection.Scope, settled []validation.Rival) (clashes []validation.Clash, release func())

	// Holds says whether a live monitor is what it is known as, or is reserved as.
	Holds(live any, reserved bool) bool
}

// Live reads one object from the API server.
type Live interface {
	// Monitor gives a *monitoringv1.ServiceMonitor and so on, or nil if there is none.
	Monitor(ctx context.Context, kind, namespace, name string) (any, error)
}

// Namespaces knows the labels of namespaces.
type Namespaces interface {
	// Labels of a namespace, or nil if it is not known: it may have been made a
	// moment ago. It answers from memory, never from the network.
	Labels(namespace string) map[string]string
}
