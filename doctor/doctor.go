// Package doctor answers whether the gate itself is well: whether the API server calls promgate, trusts its
// certificate, and gets an answer, and what is wrong if not. The package reads nothing by itself: it is given
// the facts, and says at each step ok, problem or unknown, with the reason and with what to do.
package doctor

import (
	"fmt"
	"strings"
)

// An Answer is the answer of a step.
type Answer string

// The answers.
const (
	OK      Answer = "ok"
	Problem Answer = "problem"
	Unknown Answer = "unknown"
)

// A Step is one thing that was looked at.
type Step struct {
	// ID names what the step is about, for programs: "endpoints", "dry-run". Several steps may have the
	// same one, such as one for each webhook.
	ID string

	// Section is the heading under which the step belongs.
	Section string

	Answer Answer

	// Text is one or more sentences, and Details are what belongs below, one each. They hold names as
	// users wrote them: the code that shows them makes them harmless.
	Text    string
	Details []string

	// Fix says what to do, in one sentence or more. It is empty if there is nothing to do.
	Fix string
}

// A Diagnosis is what was found.
type Diagnosis struct {
	Steps []Step

	// Healthy reports that no step found a problem. What is unknown is no problem.
	Healthy bool

	// Conclusion says what to do first, or that all is well.
	Conclusion string
}

// Examine looks at the facts.
func Examine(f *Facts) *Diagnosis {
	e := &examiner{Facts: f}
	for _, s := range []struct {
		title   string
		examine func()
	}{
		{"Webhook configurations", e.examineConfigurations},
		{"What they call", e.examineTargets},
		{"Calls", func() { e.examineCalls(); e.examineCounters() }},
		{"Certificates", e.examineCertificates},
		{"Permissions", e.examinePermissions},
		{"Configuration", e.examineConfiguration},
		{"CRDs", e.examineCRDs},
		{"Other webhooks", e.examineOthers},
		{"Prometheus objects", e.examineInstances},
	} {
		e.section = s.title
		s.examine()
	}
	return &Diagnosis{Steps: e.steps, Healthy: e.problems() == 0, Conclusion: e.conclusion()}
}

// An examiner is one run.
type examiner struct {
	*Facts

	section string
	steps   []Step

	// cause is the fix that explains why calls fail. The conclusion names it before all others.
	cause string
}

func (e *examiner) ok(id, text string, details ...string) {
	e.add(Step{ID: id, Answer: OK, Text: text, Details: details})
}

func (e *examiner) unknown(id, text, fix string, details ...string) {
	e.add(Step{ID: id, Answer: Unknown, Text: text, Details: details, Fix: fix})
}

func (e *examiner) problem(id, text, fix string, details ...string) {
	e.add(Step{ID: id, Answer: Problem, Text: text, Details: details, Fix: fix})
}

func (e *examiner) add(s Step) {
	s.Section = e.section
	e.steps = append(e.steps, s)
}

// unreadable appends a step for what could not be read, and reports whether that is so.
func (e *examiner) unreadable(id, resource, question string) bool {
	why, is := e.Unread[resource]
	if is {
		e.unknown(id, fmt.Sprintf("%s is not known: %s.", question, why), "")
	}
	return is
}

func (e *examiner) count(a Answer) int {
	n := 0
	for _, s := range e.steps {
		if s.Answer == a {
			n++
		}
	}
	return n
}

func (e *examiner) problems() int { return e.count(Problem) }

func (e *examiner) conclusion() string {
	problems, unknown := e.problems(), e.count(Unknown)
	switch {
	case problems > 0:
		return e.first() + more(problems-1)
	case unknown > 0:
		return fmt.Sprintf("No problem was found, but %s unknown.", plural(unknown, "step above is", "steps above are"))
	}
	return "All is well."
}

// first is what to do first: about the reason why calls fail, or else about the first problem.
func (e *examiner) first() string {
	for _, s := range e.steps {
		if s.Answer == Problem && (e.cause == "" || s.Fix == e.cause) {
			if len(s.Fix) > maxFix {
				return "First: " + s.Text + " What to do is said above."
			}
			return "First: " + strings.TrimSpace(s.Text+" "+s.Fix)
		}
	}
	return ""
}

// maxFix is the length of what the conclusion repeats.
const maxFix = 250

func more(n int) string {
	if n < 1 {
		return ""
	}
	return fmt.Sprintf(" There %s above.", plural(n, "is 1 other problem", "are %d other problems"))
}

// plural returns one, or many with the number: in place of %d if it has that, else before it.
func plural(n int, one, many string) string {
	switch {
	case strings.Contains(many, "%d") && n == 1:
		return one
	case strings.Contains(many, "%d"):
		return fmt.Sprintf(many, n)
	case n == 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// list joins names, at most a number of them.
func list(names []string, most int) string {
	switch {
	case len(names) > most:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	case len(names) < 2:
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// mostListed is how many names a sentence lists.
const mostListed = 6
