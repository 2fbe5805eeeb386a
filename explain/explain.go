// Package explain answers "I applied it, and nothing happens": it follows one object through the whole
// chain, from the selectors of each Prometheus to the last error of each target, and says at each
// step yes, no or unknown, with the reason. The package reads nothing by itself: it is given a model
// of the objects, and sources for the rest.
package explain

import (
	"context"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// An Answer is the answer of a step.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// A Step is one step of the chain.
type Step struct {
	// ID names what the step is about, for programs: "labels-selected", "port". Several steps have
	// the same one: one for each Prometheus, or for each endpoint.
	ID string

	// Section is the heading under which the step belongs. It is empty for the first steps.
	Section string

	Answer Answer

	// Text is one or more sentences, and Details are what belongs below, one each. They hold names
	// as users wrote them: the code that shows them makes them harmless.
	Text    string
	Details []string

	// Findings are those of the checks, which the details do not repeat.
	Findings []validation.Finding

	problem  *problem // why nothing happens, if this step is the reason
	dropping *problem // why nobody is told, if nobody else is
}

// An Explanation is the fate of one object.
type Explanation struct {
	Ref   selection.Ref
	Steps []Step

	// PickedUp reports that the object is in the configuration of at least one instance, or that another engine
	// takes it and no instance selects it. Denied
	// reports that a check denies it.
	PickedUp bool
	Denied   bool

	// Alert is the alert that is explained, or nothing.
	Alert string

	// Told says whether anybody is told of the alert, and Notifications who. Told is empty unless an alert is explained.
	Told          Answer
	Notifications []Notification

	// Conclusion says in one sentence what is wrong and what to do, or that all is well.
	Conclusion string
}

// Options of [Run]. Without a source the steps that need it are left out.
type Options struct {
	// Settings apply to the review.
	review.Settings

	// Operator is the scope of the operator. It is nil if it is not known.
	Operator *selection.Operator

	// Instance, NAMESPACE/NAME, limits the explanation to the instances of that name. It may be
	// empty.
	Instance string

	// Alert is the name of an alert of a PrometheusRule: who is told of it is explained as well. It may be empty.
	Alert string

	// Live reports that the objects are those of a running cluster, as opposed to files, which need
	// not hold everything.
	Live bool

	// Unread are the kinds of which not all objects could be read, and why.
	Unread map[string]Unread

	// Rejected says why the API server would refuse the object. It is for files: a cluster holds
	// no such object.
	Rejected []string

	// Malformed are the objects that do not decode as their kind, and the decoder's error.
	Malformed map[selection.Ref]error

	// Slices, Pods and Access are sources in a running cluster. Each may be nil.
	Slices Slices
	Pods   Pods
	Access Access

	// API asks Prometheus itself. It may be nil. OnlyServer is the address of the server that it
	// asks whatever server it is asked for. It is empty if it finds the servers of each instance.
	API        API
	OnlyServer string
}

// Unread is why not all objects of a kind could be read.
type Unread struct {
	Err error

	// Missing reports that the cluster does not have the kind.
	Missing bool

	// But are the namespaces whose objects could be read all the same.
	But []string
}

// Run explains an object of a model that keeps its objects whole. The reviewer reviews against the
// same model. An error means that promgate could not: that an object does not exist is an explanation.
func Run(ctx context.Context, model *cluster.Model, reviewer *review.Reviewer, ref selection.Ref, o Options) (*Explanation, error) {
	e := &explainer{
		Options: o, ctx: ctx, model: model, reviewer: reviewer, ref: ref,
		object: model.Object(ref), view: model.View(ref.Namespace),
	}
	if e.object == nil {
		if err, malformed := o.Malformed[ref]; malformed {
			e.explainMalformed(err)
		} else {
			e.explainMissing()
		}
		return e.explanation(), nil
	}
	e.explainObject()
	e.explainUnlistable()
	if err := e.explainChecks(); err != nil {
		return nil, err
	}
	e.explainInstances() //nolint:contextcheck // nothing in there waits
	e.explainTargets()
	e.explainServers()
	e.explainAlert()
	e.explainOthers()
	return e.explanation(), nil
}

// An explainer is one run.
type explainer struct {
	Options

	ctx      context.Context //nolint:containedctx // a run is one call
	model    *cluster.Model
	reviewer *review.Reviewer
	ref      selection.Ref
	object   selection.Object
	view     cluster.View

	section   string
	steps     []Step
	instances []*instance // that select the object
	denials   []validation.Finding
	denied    bool
	taken     []*selection.Reader
	seen      string // what Prometheus says of the object, if all is well
	up        int    // targets

	notifications []Notification
	told          Answer
	untold        bool // an Alertmanager may tell somebody, and is not known well enough
}

// add appends a step to the current section.
func (e *explainer) add(s Step) {
	s.Section = e.section
	e.steps = append(e.steps, s)
}

func (e *explainer) yes(id, text string, details ...string) {
	e.add(Step{ID: id, Answer: Yes, Text: text, Details: details})
}

func (e *explainer) unknown(id, text string, details ...string) {
	e.add(Step{ID: id, Answer: Unknown, Text: text, Details: details})
}

// no appends a step that may be the reason why nothing happens.
func (e *explainer) no(id, text string, p problem, details ...string) {
	e.add(Step{ID: id, Answer: No, Text: text, Details: details, problem: &p})
}

// explainObject is about the object itself.
func (e *explainer) explainObject() {
	e.yes("exists", e.ref.Kind+" "+e.ref.Path()+" exists.")
	if len(e.Rejected) > 0 {
		e.no("accepted", "The API server refuses it.", problem{stageAccepted, "the API server refuses the object", "run promgate lint, and fix what it finds"}, e.Rejected...)
	}
	if e.object.GetDeletionTimestamp() != nil {
		e.no("stays", "It is being deleted.", problem{stageExists, "the object is being deleted", "see which finalizer holds it, or apply it again once it is gone"}, finalizersOf(e.object)...)
	}
	switch {
	case e.ignoredBy() != "":
		e.add(Step{ID: "not-ignored", Answer: No, Text: e.ignoredBy() + " has the label promgate.dev/ignore: promgate's webhooks neither check it nor add labels. Prometheus may select it all the same."})
	default:
		e.yes("not-ignored", "Neither it nor its namespace has the label promgate.dev/ignore.")
	}
}
