package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promgate/promgate/selection"
)

// examineOthers is about the webhooks of others for the operator's kinds.
func (e *examiner) examineOthers() {
	if e.Unread["webhook configurations"] != "" {
		return
	}
	var others []Hook
	for _, h := range e.Hooks() {
		if e.Concerns(h) && !e.isOurs(h) && h.handlesAny() {
			others = append(others, h)
		}
	}
	var names []string
	for _, h := range others {
		if !e.pointsNowhere(h) {
			names = append(names, fmt.Sprintf("%s of %s, %s", h.Name, h.object(), e.order(h)))
		}
	}
	switch {
	case len(others) == 0:
		e.ok("others", "No other webhook is called for the objects that promgate checks.")
	case len(names) > 0:
		e.ok("others", plural(len(names), "other webhook is", "other webhooks are")+" called for the same objects. Each decides for itself.", names...)
	}
}

// handlesAny reports whether a webhook is called for the creation of anything that promgate checks.
func (h Hook) handlesAny() bool {
	return slices.ContainsFunc(selectableKinds(), func(k selection.Kind) bool { return h.Handles(k.Resource()) })
}

// pointsNowhere appends a step for a webhook whose Service does not exist, and reports whether that is so.
func (e *examiner) pointsNowhere(h Hook) bool {
	s := h.Service()
	if s == nil || e.Unread["services"] != "" || e.service(s) != nil {
		return false
	}
	effect := "the API server asks in vain, and lets objects pass (failurePolicy Ignore)"
	if h.fails() {
		effect = "no such object can be applied (failurePolicy Fail)"
	}
	e.problem("nowhere", fmt.Sprintf("The webhook %s of %s calls Service %s/%s, which does not exist: %s.", h.Name, h.object(), s.Namespace, s.Name, effect),
		fmt.Sprintf("If what it belonged to was removed, delete it: kubectl delete %swebhookconfiguration %s", strings.ToLower(h.Sort), h.Configuration))
	return true
}

// order says when a webhook is called, in comparison with promgate's: the API server calls mutating webhooks one
// after the other, by the names of their configurations, and validating ones at once.
func (e *examiner) order(h Hook) string {
	if h.Sort == Validating {
		return "called at the same time"
	}
	for _, o := range e.Ours() {
		if o.Sort == Mutating && o.Configuration < h.Configuration {
			if o.ReinvocationPolicy != nil && *o.ReinvocationPolicy == "IfNeeded" {
				return "called after promgate's, which is called again if it changes the object"
			}
			return "called after promgate's"
		}
	}
	return "called before promgate's"
}
