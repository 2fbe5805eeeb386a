package monitor

import (
	"iter"
	"regexp"

	"github.com/promgate/promgate/validation"
)

// configuration is the judge's own verdict. It speaks last, and only of what none of
// the other checks names, even if that is switched off: what a user lets through by
// its name is not held back by another. Where they name only something below, it is
// for [validation.Settled] to say.
func configuration(named []validation.Check[*Object]) validation.Check[*Object] {
	return validation.Check[*Object]{
		ID: "configuration", Severity: validation.Deny,
		Doc: validation.Doc{
			Title: "Prometheus would refuse its configuration",
			Text: `promgate makes the scrape configuration that the operator would make of the object, and
loads it with Prometheus' own code. Here Prometheus refuses, and no other check says why in
better words: the message is the loader's.

With such an object Prometheus refuses its whole configuration: it goes on with the old one,
and does not start again. Of several Prometheus objects that select this one it is enough that
one would refuse.

Secrets and ConfigMaps that the object refers to are not read here.

Each finding of this check is one that promgate should have a check for. The metric
` + "`promgate_findings_total{check=\"configuration\"}`" + ` counts them; please report them.`,
			Since: "v0.1.0",
		},
		Run: func(o *Object, s validation.Snapshot) []validation.Finding {
			return o.unnamed(o.judged(s).Refused, named, s)
		},
	}
}

// leftOut is what the operator minds and Prometheus does not.
func leftOut(named []validation.Check[*Object]) validation.Check[*Object] {
	return validation.Check[*Object]{
		ID: "left-out", Severity: validation.Warn, LeavesOut: true,
		Doc: validation.Doc{
			Title: "The operator leaves the object out",
			Text: `Prometheus would take the object, and the operator does not pass it on: the whole object
stays out of the configuration, and only the operator's log says so. That is so for an object with many endpoints
too, of which one is at fault: none of them is scraped.

Often the reason is a version: a field that the object uses needs a later Prometheus than the
one that selects it.`,
			Since: "v0.1.0",
		},
		Run: func(o *Object, s validation.Snapshot) []validation.Finding {
			found := o.unnamed(o.judged(s).LeftOut, named, s)
			for i := range found {
				found[i].Problem = "the operator leaves out the whole object, and nothing of it is scraped: " + found[i].Problem
			}
			return found
		},
	}
}

// judged asks the judge once for both checks.
func (o *Object) judged(s validation.Snapshot) validation.Verdict {
	if o.verdict == nil {
		o.verdict = &validation.Verdict{}
		if s.Judge != nil {
			*o.verdict = s.Judge.Object(o.Raw)
		}
	}
	return *o.verdict
}

// unnamed are the judge's findings that no other check has at the same place or above.
func (o *Object) unnamed(verdict []validation.Finding, named []validation.Check[*Object], s validation.Snapshot) []validation.Finding {
	if len(verdict) == 0 {
		return nil
	}
	said := paths{at: map[string]bool{}, above: map[string]bool{}}
	for _, c := range named {
		for _, f := range c.Run(o, s) {
			said.add(short(f.Path))
		}
	}
	var rest []validation.Finding
	for _, f := range verdict {
		f.Path = short(f.Path)
		scope := entryOf(f.Path)
		if said.cover(f.Path) {
			continue
		}
		// What is named below may be all there is, or one mistake of several: who counts
		// what is denied in the end decides.
		if said.above[scope] || said.cover(scope) {
			f.Covered = scope
		}
		f.Subject = o.subjectAt(f.Path)
		rest = append(rest, f)
	}
	return rest
}

// short keeps a path from costing what its square would: a key in it may be as long as
// the object.
func short(path string) string {
	const longest = 300
	return path[:min(len(path), longest)]
}

// entryOf is the discovery that a path leads into. The loader speaks of one mistake of
// a discovery only, and not always can the judge tell which field it means.
func entryOf(path string) string {
	if entry := discoveryEntry.FindString(path); entry != "" {
		return entry
	}
	return path
}

var discoveryEntry = regexp.MustCompile(`^spec\.[A-Za-z0-9]+SDConfigs\[\d+\]`)

// paths are those of findings, and those above them: there may be thousands.
type paths struct{ at, above map[string]bool }

func (p paths) add(path string) {
	p.at[path] = true
	for outer := range outward(path) {
		p.above[outer] = true
	}
}

// cover says whether one of the paths is this one, or above it.
func (p paths) cover(path string) bool {
	if p.at[path] {
		return true
	}
	for outer := range outward(path) {
		if p.at[outer] {
			return true
		}
	}
	return false
}

// outward gives the paths above one.
func outward(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := len(path) - 1; i > 0; i-- {
			if (path[i] == '.' || path[i] == '[') && !yield(path[:i]) {
				return
			}
		}
	}
}
