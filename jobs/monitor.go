package jobs

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/selection"
)

// A Monitor is what the index holds of a ServiceMonitor, PodMonitor, Probe or
// ScrapeConfig: its labels, and what its jobs are made of. A PrometheusRule is held as one
// that claims nothing. It is not changed once it is
// in the index.
type Monitor struct {
	selection.Ref

	UID     types.UID
	Created time.Time
	Labels  map[string]string

	// Terminating says that the object is being deleted.
	Terminating bool

	// Reserved is not 0 of a monitor that was let in and is not known to be stored yet. The
	// number is the reservation's own.
	Reserved uint64

	// Replaces says that it is reserved beside one of the same Ref that is known: the two
	// are there until it is known which of them is stored.
	Replaces bool

	// Release is what the object is part of, if that can be told: a Helm release, an
	// Argo CD application, a Flux object; or several. Empty if not.
	Release string

	// Instance is the name that Helm or app.kubernetes.io/instance gives the release, for
	// advice alone: nothing is decided by it. Empty if there is none.
	Instance string

	Claims []Claim
}

// A Claim is one endpoint of a monitor: a job, and the targets that it is scraped under.
type Claim struct {
	// Endpoint is the index of the endpoint; 0 of kinds that have only one.
	Endpoint int

	Job Job

	// Address says where on a target it scrapes: scheme, path and params, in a form that
	// is equal for equal ones, defaults filled in.
	Address string

	// Filter is the relabelings that may drop targets, in a form that is equal for equal
	// ones. Claims with different filters may have no target in common.
	Filter string

	// One of these says which targets.
	Services *Objects
	Pods     *Objects
	Static   []string // each target, a space, and its labels in a form that is equal for equal ones
}

// A Job is how the value of the label job comes about. At most one of the fields is
// set: with none it depends on what the index does not hold.
type Job struct {
	// Constant is what a relabeling, or the object itself, sets it to.
	Constant string

	// OfService says that it is the value of the label Label of the Service, if that is
	// not empty, else the Service's name.
	OfService bool
	Label     string
}

// Objects are the Services or Pods that a claim takes, and the port on them.
type Objects struct {
	// Selector and Requirements are the same.
	Selector     labels.Selector
	Requirements labels.Requirements

	// Namespaces are those that it looks in; nil is all.
	Namespaces []string

	// Port is the name of a port of the Service or of the Pod, TargetPort a name or a
	// number of a port of the Pod. At most one is set; with none it is every port.
	Port       string
	TargetPort string
}

// A Service is what the index holds of one.
type Service struct {
	Namespace, Name string
	Labels          map[string]string
	Ports           []ServicePort

	// Pods is equal for Services that select the same pods of a namespace, and 0 if it
	// selects none itself.
	Pods uint64

	// Headless says that it has no address of its own.
	Headless bool
}

// A ServicePort is a port of a Service.
type ServicePort struct {
	Name       string
	TargetPort string // name or number; the port's own number if it has none
}

// A Clash is two claims that one Prometheus would scrape under one job.
type Clash struct {
	// Scope is the laxest within which the two clash. Outside an endpoint, Target and
	// RivalClaim say nothing: it is the job that clashes.
	Scope Scope

	Prometheus string // namespace/name
	Job        string
	Namespace  string // of the target

	// Anywhere says that the target is in no one namespace, and in nobody's own: Namespace
	// is then that of the object that was asked about.
	Anywhere bool

	Target string // Service "web", selection app=web, static target; for a message

	Mine       *Monitor // the monitor that was asked about
	Claim      int      // the index of its claim
	Rival      *Monitor
	RivalClaim int

	// Lost says that Mine has to give way whatever its precedence, as the loop has decided.
	Lost bool
}

// Endpoint returns the index of the endpoint that clashes, of the monitor that was asked
// about.
func (c Clash) Endpoint() int { return c.Mine.Claims[c.Claim].Endpoint }

// Reserved reports whether the rival was let in a moment ago, and may never be stored.
func (c Clash) Reserved() bool { return c.Rival.Reserved != 0 }

// OwnInstance returns the Instance of the monitor if the rival has another one, and an empty
// string if it has the same or none.
func (c Clash) OwnInstance() string {
	if c.Rival.Instance == "" || c.Rival.Instance == c.Mine.Instance {
		return ""
	}
	return c.Mine.Instance
}

// Passes returns why the monitor is let in in spite of the clash, as a clause. It is empty
// if it is not.
func (c Clash) Passes() string {
	switch {
	case c.Lost:
	case c.Rival.Terminating:
		return "that one is being deleted"
	case c.Excused(c.Mine):
		return "both are of " + c.Mine.SharedRelease(c.Rival)
	case !c.Reserved() && c.Wins(c.Mine):
		return "this one comes first"
	}
	return ""
}

// Refuses reports whether the monitor must not be let in, where a job has one owner within a
// scope.
func (c Clash) Refuses(within Scope) bool { return within.Includes(c.Scope) && c.Passes() == "" }

// Reversed returns the clash as the rival has it.
func (c Clash) Reversed() Clash {
	c.Mine, c.Rival = c.Rival, c.Mine
	c.Claim, c.RivalClaim = c.RivalClaim, c.Claim
	return c
}

// JobWords are the job's name in quotes, or what it is made of.
func (c Clash) JobWords() string {
	if made, ok := strings.CutPrefix(c.Job, "<"); ok {
		return "the " + strings.TrimSuffix(made, ">")
	}
	return strconv.Quote(c.Job)
}

// Same says whether a monitor is the same object, and claims the same.
func (m *Monitor) Same(other *Monitor) bool {
	return m.UID == other.UID && maps.Equal(m.Labels, other.Labels) &&
		slices.EqualFunc(m.Claims, other.Claims, sameClaims)
}

func sameClaims(c, other Claim) bool {
	return c.Endpoint == other.Endpoint && c.Job == other.Job && c.Address == other.Address && c.Filter == other.Filter &&
		c.Services.equal(other.Services) && c.Pods.equal(other.Pods) && slices.Equal(c.Static, other.Static)
}

func (o *Objects) equal(other *Objects) bool {
	if o == nil || other == nil {
		return o == other
	}
	return o.Selector.String() == other.Selector.String() && slices.Equal(o.Namespaces, other.Namespaces) &&
		o.Port == other.Port && o.TargetPort == other.TargetPort
}

// Repeated are the claims of the monitor that scrape what an earlier one scrapes, as far
// as the index can tell: pairs of endpoints, the earlier one first. Relabelings may still
// tell them apart.
func (m *Monitor) Repeated() [][2]int {
	var pairs [][2]int
	for i := range m.Claims {
		for j := range i {
			first, second := m.Claims[j], m.Claims[i]
			first.Endpoint = second.Endpoint
			if sameClaims(first, second) {
				pairs = append(pairs, [2]int{m.Claims[j].Endpoint, second.Endpoint})
			}
		}
	}
	return pairs
}
