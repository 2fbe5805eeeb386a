package explain

import (
	"fmt"
	"strings"
)

// A problem is a reason why nothing happens.
type problem struct {
	stage stage

	// what is wrong, and what to do about it. Both are clauses without a full stop.
	what, fix string
}

// A stage is how far an object gets. The reason at the earliest stage is the one to fix first.
type stage int

const (
	stageExists stage = iota
	stageAccepted
	stageSelected
	stageChecked
	stageConfigured
	stageWritten
	stageLoaded
	stageDiscovered
	stageScraped
	stageTold
)

// explanation puts together what was found.
func (e *explainer) explanation() *Explanation {
	x := &Explanation{Ref: e.ref, Steps: e.steps, Denied: e.denied, Alert: e.Alert, Told: e.told, Notifications: e.notifications}
	for _, i := range e.instances {
		x.PickedUp = x.PickedUp || i.isPickedUp()
	}
	x.PickedUp = x.PickedUp || e.isTakenElsewhere()
	x.Conclusion = e.conclusion() + e.alertConclusion()
	return x
}

func (e *explainer) conclusion() string {
	if first, others := e.problems(); first != nil {
		text := capital(first.what)
		switch {
		case first.fix == "":
		case strings.Contains(text, ": "):
			text += "; " + first.fix
		default:
			text += ": " + first.fix
		}
		if !strings.HasSuffix(text, "?") {
			text += "."
		}
		return text + moreProblems(others)
	}
	unknown := 0
	for _, s := range e.steps {
		if s.Answer == Unknown {
			unknown++
		}
	}
	if unknown > 0 {
		return fmt.Sprintf("Nothing is wrong as far as promgate can see, but %s unknown.", plural(unknown, "step above is", "steps above are"))
	}
	return "All is well" + e.success() + "."
}

// problems returns the problem to fix first, and the number of others.
func (e *explainer) problems() (first *problem, others int) {
	all := 0
	for n := range e.steps {
		p := e.steps[n].problem
		if p == nil {
			continue
		}
		all++
		if first == nil || p.stage < first.stage {
			first = p
		}
	}
	return first, all - 1
}

func moreProblems(n int) string {
	if n < 1 {
		return ""
	}
	return fmt.Sprintf(" %s no as well.", plural(n, "other step above says", "other steps above say"))
}

// success says what happens with the object.
func (e *explainer) success() string {
	var names []string
	for _, i := range e.instances {
		if i.isPickedUp() {
			names = append(names, i.Ref.String())
		}
	}
	if e.isTakenElsewhere() {
		return ", as far as promgate can see: no Prometheus selects it, and " + e.taken[0].String() + " takes it"
	}
	text := list(names, maxListed) + " " + verb(len(names), "has", "have") + " it in the configuration"
	switch {
	case e.seen != "":
		return ": " + text + ", and " + e.seen
	case e.Live:
		return ", as far as the objects of the cluster show: " + text
	}
	return ", as far as the files show: " + text
}

// isTakenElsewhere reports whether no instance selects the object, and another engine takes it.
func (e *explainer) isTakenElsewhere() bool { return len(e.instances) == 0 && len(e.taken) > 0 }

// isPickedUp reports whether the object is in the configuration, as far as promgate knows.
func (i *instance) isPickedUp() bool { return i.included && !i.missing }

// plural returns a number with the noun for it.
func plural(n int, one, many string) string {
	return fmt.Sprintf("%d %s", n, verb(n, one, many))
}

// verb returns the form for a number.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// list joins names, at most a number of them.
func list(names []string, most int) string {
	if len(names) <= most {
		if len(names) < 2 {
			return strings.Join(names, "")
		}
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
