package jobs

import "slices"

const (
	// maxServices limits how many Services are looked at for a claim. A monitor that selects all
	// Services gets no complete answer.
	maxServices = 5000

	// maxLooksForClaims limits how many Services are looked at for all claims of a monitor together.
	maxLooksForClaims = 4 * maxServices
)

// chosen finds the Services of the claims of a monitor, one claim after the other. Most claims of
// a monitor select the same Services.
type chosen struct {
	services *services
	looks    int // how many are left

	last *Objects
	few  []*Service
	all  bool
}

// by returns the Services that a claim selects, whatever ports they have. all is false if there
// may be more.
func (c *chosen) by(o *Objects) (few []*Service, all bool) {
	if c.last == nil || !c.last.sameChoice(o) {
		c.few, c.all = c.services.fewSelected(o, min(maxServices, c.looks))
		c.last = o
	}
	if c.looks <= 0 {
		return nil, false
	}
	c.looks -= 1 + len(c.few)
	return c.few, c.all
}

// sameChoice reports whether both belong to one monitor, and select the same objects except for the
// port.
func (o *Objects) sameChoice(other *Objects) bool {
	if len(o.Requirements) == 0 || len(o.Requirements) != len(other.Requirements) || &o.Requirements[0] != &other.Requirements[0] {
		return false
	}
	return (o.Namespaces == nil) == (other.Namespaces == nil) && slices.Equal(o.Namespaces, other.Namespaces)
}

// fewSelected returns the Services that a claim selects, whatever ports they have, ordered by
// namespace and name. It stops after a number of looks; all is false then.
func (v *services) fewSelected(o *Objects, looks int) (few []*Service, all bool) {
	n := 0
	for s := range v.matching(o, looks) {
		few = append(few, s)
	}
	for _, scope := range scopesOf(o) {
		n += v.terms.size(v.rarest(scope, o))
	}
	sortServices(few)
	return slices.Compact(few), n <= looks
}
