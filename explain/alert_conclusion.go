package explain

import (
	"fmt"
	"slices"
)

// decideTold says at the end whether anybody is told.
func (e *explainer) decideTold() {
	e.told = No
	if e.untold {
		e.told = Unknown
	}
	for _, n := range e.notifications {
		switch {
		case len(n.Integrations) == 0:
		case n.Certain:
			e.told = Yes
			e.excuse()
			return
		default:
			e.told = Unknown
		}
	}
	silent := slices.IndexFunc(e.notifications, func(n Notification) bool { return len(n.Integrations) == 0 })
	if e.told != No {
		return
	}
	if silent < 0 {
		e.blameDropping()
		return
	}
	n := e.notifications[silent]
	for at := range e.steps {
		if s := &e.steps[at]; s.ID == "told" && s.Answer == No && s.problem == nil {
			s.problem = &problem{
				stageTold, fmt.Sprintf("nobody is told of the alert: %s routes it to %s, which has no integrations", n.Alertmanager, n.words()),
				"add a route for it, if somebody should be told",
			}
			return
		}
	}
}

// blameDropping makes relabelings that drop the alert, as may be intended, the reason why nobody is told.
func (e *explainer) blameDropping() {
	for at := range e.steps {
		if s := &e.steps[at]; s.problem == nil {
			s.problem = s.dropping
		}
	}
}

// excuse makes what keeps the alert from other receivers no reason to act: somebody is told.
func (e *explainer) excuse() {
	for at := range e.steps {
		if p := e.steps[at].problem; p != nil && p.stage == stageTold {
			e.steps[at].problem = nil
		}
	}
}

// alertConclusion says who is told.
func (e *explainer) alertConclusion() string {
	if e.Alert == "" {
		return ""
	}
	var certain, possible []string
	for _, n := range e.notifications {
		if len(n.Integrations) == 0 {
			continue
		}
		words := n.words() + " by " + n.Alertmanager.String()
		if n.Certain && !slices.Contains(certain, words) {
			certain = append(certain, words)
		} else if !n.Certain && !slices.Contains(possible, words) {
			possible = append(possible, words)
		}
	}
	switch {
	case len(certain) > 0:
		return fmt.Sprintf(" The alert %s is told to %s.", e.Alert, list(certain, maxListed))
	case len(possible) > 0:
		return fmt.Sprintf(" The alert %s may be told to %s.", e.Alert, list(possible, maxListed))
	case e.told == Unknown:
		return fmt.Sprintf(" Who is told of the alert %s is not known.", e.Alert)
	}
	return ""
}
