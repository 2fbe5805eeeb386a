// Package jobs knows what monitors scrape, and under which job: what each monitor claims, and
// which claims clash because one Prometheus would scrape the same target twice under one job. Its
// index answers without going through all monitors. It is pure: it imports no client, and asks
// nobody.
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
// ScrapeConfig: its labels, and what its jobs are made of. A PrometheusRule is held as a monitor
// without claims. A monitor must not be changed once it is in the index.
type Monitor struct {
	selection.Ref

	UID     types.UID
	Created time.Time
	Labels  map[string]string

	// Terminating reports whether the object is being deleted.
	Terminating bool

	// Reserved is the number of the reservation if the monitor was admitted and is not known to be
	// stored yet, and otherwise 0.
	Reserved uint64

	// Replaces reports whether the monitor is reserved beside a known one of the same Ref: the
	// index holds both until it is known which of them is stored.
	Replaces bool

	// Release names what the object is part of: a Helm release, an Argo CD application, a Flux
	// object; or several. It is empty if that is not known.
	Release string

	// Instance is the name that Helm or app.kubernetes.io/instance gives the release, for
	// advice alone: nothing is decided by it. Empty if there is none.
	Instance string

	// Imports reports whether the monitor may bring series that another Prometheus has recorded.
	Imports bool

	Pace Pace

	Claims []Claim
}

// A Claim is one endpoint of a monitor: a job, and the targets that are scraped under it.
type Claim struct {
	// Endpoint is the index of the endpoint; 0 of kinds that have only one.
	Endpoint int

	Job Job

	// Address is where on a target the endpoint scrapes: scheme, path and params, with defaults
	// filled in, in a form that is equal for equal addresses.
	Address string

	// Filter holds the relabelings if they may drop targets, in a form that is equal for equal
	// relabelings. Claims with different filters may have no target in common.
	Filter string

	// One of these holds the targets.
	Services *Objects
	Pods     *Objects
	Static   []string // each target, a space, and its labels in a form that is equal for equal labels

	// Relabeled is a sum of what decides about the labels of static targets: their own labels
	// and the monitor's relabelings. It is 0 if the monitor has no relabelings.
	Relabeled uint64
}

// A Job tells where the value of the label job comes from. Either Constant or OfService is set;
// if neither is, the job depends on something that the index does not hold.
type Job struct {
	// Constant is the value that a relabeling, or the object itself, sets.
	Constant string

	// OfService reports whether the job is named after the Service: by the value of its label
	// Label, or by its name if that value is empty.
	OfService bool
	Label     string
}

// Objects are the Services or Pods that a claim selects, and the port on them.
type Objects struct {
	// Selector and Requirements are two forms of the same selector.
	Selector     labels.Selector
	Requirements labels.Requirements

	// Namespaces are the namespaces of the objects; nil means all.
	Namespaces []string

	// Port is the name of a port of the Service or of the Pod, TargetPort the name or the number
	// of a port of the Pod. At most one is set; if none is, every port is scraped.
	Port       string
	TargetPort string
}

// A Service is what the index holds of a Service.
type Service struct {
	Namespace, Name string
	Labels          map[string]string
	Ports           []ServicePort

	// Pods is equal for Services of a namespace that select the same pods, and 0 if the Service
	// has no selector.
	Pods uint64

	// Headless reports whether the Service has no address of its own.
	Headless bool
}

// A ServicePort is a port of a Service.
type ServicePort struct {
	Name       string
	TargetPort string // name or number; the port's own number by default
}

// A Clash is two claims that one Prometheus would scrape under one job.
type Clash struct {
	// Scope is the laxest scope in which the claims clash. Target and RivalClaim have a meaning
	// only in the scope of an endpoint: in the others, the jobs clash.
	Scope Scope

	Prometheus string // namespace/name
	Job        string
	Namespace  string // of the target

	// Anywhere reports whether the target is in no particular namespace. Namespace is then the
	// namespace of the object that was asked about.
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

// Reserved reports whether the rival was admitted a moment ago, and may never be stored.
func (c Clash) Reserved() bool { return c.Rival.Reserved != 0 }

// OwnInstance returns the Instance of the monitor if the rival has another one, and an empty
// string if it has the same or none.
func (c Clash) OwnInstance() string {
	if c.Rival.Instance == "" || c.Rival.Instance == c.Mine.Instance {
		return ""
	}
	return c.Mine.Instance
}

// Passes returns why the monitor is admitted in spite of the clash, as a clause. It is empty
// if it is not.
func (c Clash) Passes() string {
	switch {
	case c.Lost:
	case c.Rival.Terminating:
		return "the other one is being deleted"
	case c.Excused(c.Mine):
		return "both belong to " + c.Mine.SharedRelease(c.Rival)
	case !c.Reserved() && c.Wins(c.Mine):
		return "this one comes first"
	}
	return ""
}

// Refuses reports whether the monitor must not be admitted, where a job has one owner within a
// scope.
func (c Clash) Refuses(within Scope) bool { return within.Includes(c.Scope) && c.Passes() == "" }

// Reversed returns the clash as the rival has it.
func (c Clash) Reversed() Clash {
	c.Mine, c.Rival = c.Rival, c.Mine
	c.Claim, c.RivalClaim = c.RivalClaim, c.Claim
	return c
}

// JobWords returns the job's name in quotes, or words for what it is made of.
func (c Clash) JobWords() string {
	if made, ok := strings.CutPrefix(c.Job, "<"); ok {
		return "the " + strings.TrimSuffix(made, ">")
	}
	return strconv.Quote(c.Job)
}

// Same reports whether a monitor is the same object, with the same labels and claims.
func (m *Monitor) Same(other *Monitor) bool {
	return m.UID == other.UID && maps.Equal(m.Labels, other.Labels) &&
		slices.EqualFunc(m.Claims, other.Claims, sameClaims)
}

func sameClaims(c, other Claim) bool {
	return c.Endpoint == other.Endpoint && c.Job == other.Job && c.Address == other.Address && c.Filter == other.Filter && c.Relabeled == other.Relabeled &&
		c.Services.equal(other.Services) && c.Pods.equal(other.Pods) && slices.Equal(c.Static, other.Static)
}

func (o *Objects) equal(other *Objects) bool {
	if o == nil || other == nil {
		return o == other
	}
	return o.Selector.String() == other.Selector.String() && slices.Equal(o.Namespaces, other.Namespaces) &&
		o.Port == other.Port && o.TargetPort == other.TargetPort
}

// Repeated returns the pairs of endpoints that scrape the same, as far as the index can tell,
// the earlier endpoint first. Relabelings may still tell them apart.
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
