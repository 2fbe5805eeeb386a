package jobs

import "slices"

const (
	// maxServices are more than are looked at for a claim. Who selects all Services there
	// are is not told much of them.
	maxServices = 5000

	// maxLooksForClaims is how many are looked at for all claims of a monitor, each for itself.
	maxLooksForClaims = 4 * maxServices
)

// chosen finds the Services of one claim after the other. Those of a monitor all select the
// same.
type chosen struct {
	services *services
	looks    int // how many are left

	last *Objects
	few  []*Service
	all  bool
}

// by are the Services that a claim selects, whatever ports they have. All is false if there
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

// sameChoice says that both are of one monitor, and select the same but for the port.
func (o *Objects) sameChoice(other *Objects) bool {
	if len(o.Requirements) == 0 || len(o.Requirements) != len(other.Requirements) || &o.Requirements[0] != &other.Requirements[0] {
		return false
	}
	return (o.Namespaces == nil) == (other.Namespaces == nil) && slices.Equal(o.Namespaces, other.Namespaces)
}

// fewSelected are the Services that a claim selects, whatever ports they have, by namespace
// and name. It gives up after so many looks, and all is then false.
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
