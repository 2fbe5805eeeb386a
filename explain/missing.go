package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/spelling"
	"github.com/promgate/promgate/selection"
)

// maxNear is how many near matches are named.
const maxNear = 5

// explainMissing is about an object that does not exist.
func (e *explainer) explainMissing() {
	if u := e.Unread[e.ref.Kind]; u.Missing {
		e.no("exists", "The cluster does not have the kind "+e.ref.Kind+".", problem{stageExists, "the cluster does not have the kind " + e.ref.Kind, "install the operator's CRDs"})
		return
	}
	if why := e.unreadIn(e.ref.Kind, e.ref.Namespace); why != "" {
		e.unknown("exists", fmt.Sprintf("It is not known whether %s exists: %s.", e.ref, why))
		return
	}
	where, fix := "in the files", "check the name and the namespace, and pass the file that has it"
	if e.Live {
		where, fix = "in the cluster", "check the name and the namespace, or apply it"
	}
	if near := e.nearMatches(); len(near) > 0 {
		fix = "did you mean " + strings.Join(near, ", or ") + "?"
	}
	e.no("exists", fmt.Sprintf("There is no %s %s %s.", e.ref.Kind, e.ref.Path(), where),
		problem{stageExists, fmt.Sprintf("there is no %s %s", e.ref.Kind, e.ref.Path()), fix})
}

// nearMatches returns the objects that may be meant, the nearest first.
func (e *explainer) nearMatches() []string {
	distances := map[selection.Ref]int{}
	for _, kind := range kinds() {
		for _, ref := range e.model.Refs(kind.Kind) {
			if d, near := distance(e.ref, ref); near {
				distances[ref] = d
			}
		}
	}
	refs := slices.SortedFunc(maps.Keys(distances), func(a, b selection.Ref) int {
		return cmp.Or(cmp.Compare(distances[a], distances[b]), a.Compare(b))
	})
	var names []string
	for _, ref := range refs[:min(len(refs), maxNear)] {
		names = append(names, ref.String())
	}
	return names
}

// distance returns how far an object is from the one that was asked for, and whether it is near: the
// same name elsewhere, a similar name, or the same name with another kind.
func distance(wanted, ref selection.Ref) (d int, near bool) {
	typos := spelling.Distance(wanted.Name, ref.Name)
	apart := 0
	if wanted.Namespace != ref.Namespace {
		apart = 2
	}
	switch {
	case wanted.Kind != ref.Kind:
		return 3, typos == 0 && apart == 0
	case typos == 0:
		return apart, true
	case typos <= max(len(wanted.Name)/3, 1):
		return typos + 2*apart, true
	case apart == 0 && (strings.Contains(ref.Name, wanted.Name) || strings.Contains(wanted.Name, ref.Name)):
		return typos + 2, true
	}
	return 0, false
}

// ignoredBy returns what carries the label to ignore the object, or nothing.
func (e *explainer) ignoredBy() string {
	if e.object.GetLabels()[defaulting.IgnoreLabel] == "true" {
		return "It"
	}
	if e.view.Labels[defaulting.IgnoreLabel] == "true" {
		return "Its namespace"
	}
	return ""
}

func finalizersOf(object selection.Object) []string {
	var details []string
	for _, name := range object.GetFinalizers() {
		details = append(details, "finalizer "+name)
	}
	return details
}
