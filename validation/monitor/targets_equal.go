package monitor

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/promgate/promgate/validation"
)

var targetsEqual = validation.Check[*Object]{
	ID: "targets-equal", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Relabelings make two static targets the same",
		Text: `The check runs Prometheus' own relabeling with each static target of a Probe or ScrapeConfig, and compares what
is left:

- Two targets with the same labels and the same address are one target, which is scraped once.
- Two targets that differ only in their address, path or parameters are both scraped, and their series are the same:
  ` + "`up`" + ` and the others jump between the values of the two. A constant ` + "`instance`" + ` does that, if no other label tells
  the targets apart.
- Relabelings of metrics may remove the last label that tells the samples of two targets apart, with the same effect.

Set a label that differs, such as ` + "`instance`" + ` from ` + "`__param_target`" + `. With a single target a constant is right. The check
does not look at samples with ` + "`honorLabels`" + `, nor at what discoveries find.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, snapshot validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, s := range o.Scrapes {
			if chain, ok := newTargetChain(o, s, snapshot); ok {
				found = append(found, chain.equalTargets()...)
			}
		}
		return found
	},
}

// The ways in which two targets can be equal.
const (
	oneTarget   = "target"  // Prometheus scrapes one of the two
	sameSeries  = "series"  // all series are the same
	sameSamples = "samples" // the series that both expose are the same
)

// maxEqual is the number of findings that are enough: each costs as much as many targets.
const maxEqual = 10

// equalTargets finds, for each relabeling, the first two targets that it makes equal.
func (c *targetChain) equalTargets() []validation.Finding {
	var found []validation.Finding
	reported := map[string]bool{}
	first := map[string]staticTargetAt{}
	for _, target := range c.targets() {
		end, kept := c.after(target, len(c.configs))
		if !kept {
			continue
		}
		for _, way := range c.ways() {
			key := way + " " + c.identity(end, way)
			other, again := first[key]
			if !again {
				first[key] = target
				continue
			}
			if other.start() != target.start() && len(reported) < maxEqual { // the same target twice changes nothing
				f := c.finding(other, target, way, end)
				if at := way + " " + f.Path.String(); !reported[at] {
					reported[at] = true
					found = append(found, f)
				}
			}
			break
		}
	}
	return found
}

// ways returns the ways that can be told of these targets.
func (c *targetChain) ways() []string {
	if c.scrape.HonorLabels {
		return []string{oneTarget}
	}
	return []string{oneTarget, sameSeries, sameSamples}
}

func (c *targetChain) finding(a, b staticTargetAt, way string, end labels.Labels) validation.Finding {
	place := c.culprit(a, b, way)
	which := fmt.Sprintf("the targets %q and %q", a.address, b.address)
	if a.address == b.address {
		which = fmt.Sprintf("the two targets %q", a.address)
	}
	var problem, fix string
	switch way {
	case oneTarget:
		problem = which + " become one, which is scraped once"
		fix = "give each its own address and labels, or list one target"
	case sameSeries:
		problem = fmt.Sprintf("%s get the same labels, %s: their series are the same", which, visible(end))
		fix = "set a label that differs, such as instance"
	case sameSamples:
		problem = fmt.Sprintf("without the label that differs, the samples of %s have the same labels: the series that both have become one", which)
		fix = "keep a label that differs, such as instance"
	}
	return place.Finding(problem, fix, validation.Key(way, a.address, b.address))
}

// culprit returns the place of the relabeling that makes two targets equal, or of the second target
// if none of the object's own does.
func (c *targetChain) culprit(a, b staticTargetAt, way string) validation.Place {
	if way == sameSamples {
		endA, _ := c.after(a, len(c.configs))
		endB, _ := c.after(b, len(c.configs))
		for _, name := range differing(endA, endB) {
			if l := c.loses(name); l.lost && l.by >= 0 {
				return c.scrape.MetricRelabelings.Index(l.by)
			}
		}
		return b.Place
	}
	n := len(c.configs)
	for n > 0 && c.equalAfter(a, b, way, n-1) {
		n--
	}
	if own := n - 1 - c.own; own >= 0 && own < len(c.scrape.Relabelings.List) {
		return c.scrape.Relabelings.Index(own)
	}
	return b.Place
}

func (c *targetChain) equalAfter(a, b staticTargetAt, way string, n int) bool {
	endA, _ := c.after(a, n)
	endB, _ := c.after(b, n)
	return c.identity(endA, way) == c.identity(endB, way)
}

// identity returns what two targets that are equal have in common.
func (c *targetChain) identity(end labels.Labels, way string) string {
	switch way {
	case sameSeries:
		return visible(end).String()
	case sameSamples:
		b := labels.NewBuilder(visible(end))
		end.Range(func(l labels.Label) {
			if c.loses(l.Name).lost {
				b.Del(l.Name)
			}
		})
		return b.Labels().String()
	}
	return end.String()
}

// visible returns the labels that series have.
func visible(end labels.Labels) labels.Labels {
	b := labels.NewBuilder(end)
	end.Range(func(l labels.Label) {
		if strings.HasPrefix(l.Name, model.ReservedLabelPrefix) {
			b.Del(l.Name)
		}
	})
	return b.Labels()
}

// differing returns the names of the visible labels of which two targets have different values.
func differing(a, b labels.Labels) []string {
	var names []string
	visible(a).Range(func(l labels.Label) {
		if b.Get(l.Name) != l.Value {
			names = append(names, l.Name)
		}
	})
	visible(b).Range(func(l labels.Label) {
		if !a.Has(l.Name) {
			names = append(names, l.Name)
		}
	})
	return names
}
