package rule

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/validation"
)

var recordRemoved = validation.Check[*ruleFile]{
	ID: "record-removed", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An update removes a recording rule that other rules use",
		Text: `The stored object records a metric, the new one does not, and no other object that the same Prometheus loads records it. But
rules that it loads use the metric: their expressions give nothing from now on, and alerts among them never fire again. The message names
the objects.

Change those rules first, or keep the recording rule under its old name beside the new one until they are changed. To move a rule to another object, apply
that object first. The check runs where an object is updated, in the webhook. Only exact names count; queries of dashboards are not known.`,
		Since: "v0.1.0",
	},
	Run: func(f *ruleFile, s validation.Snapshot) []validation.Finding {
		if s.Loaded == nil || len(s.Loaded.Replaced) == 0 {
			return nil
		}
		now, used := f.recordedNames(), f.used()
		var found []validation.Finding
		for _, name := range s.Loaded.Replaced {
			if now[name] || !s.Loaded.Unrecorded(name) {
				continue
			}
			own, others := used[name], s.Loaded.Using(name)
			if len(own)+len(others) == 0 {
				continue
			}
			found = append(found, removed(name, own, others))
		}
		return found
	},
}

// recordedNames returns the names that the object records.
func (f *ruleFile) recordedNames() map[string]bool {
	names := map[string]bool{}
	for _, g := range f.object.Spec.Groups {
		for i := range g.Rules {
			names[g.Rules[i].Record] = true
		}
	}
	return names
}

// A metricUse is a selector that asks for a metric, and its rule.
type metricUse struct {
	rule     *groupRule
	selector *parser.VectorSelector
}

// used returns the rules of the object that use each metric, each with its first selector of it.
func (f *ruleFile) used() map[string][]metricUse {
	used := map[string][]metricUse{}
	for _, r := range f.rules {
		if r.labels == nil {
			continue
		}
		for _, selector := range r.labels.selectors {
			name := records.MetricOf(selector)
			if others := used[name]; len(others) == 0 || others[len(others)-1].rule != r {
				used[name] = append(others, metricUse{r, selector})
			}
		}
	}
	return used
}

// removed reports that the update removes a record. Its place is the first rule of the object that uses it, if there
// is one.
func removed(name string, own []metricUse, others []*records.Object) validation.Finding {
	var users []string
	if len(own) > 0 {
		users = append(users, counted(len(own), "rule")+" of this object")
	}
	if len(others) > 0 {
		users = append(users, counted(len(others), "other object")+": "+listed(others))
	}
	problem := fmt.Sprintf("the update removes the rule that records %s, which is still used by %s", name, strings.Join(users, ", and by "))
	const fix = "change what uses it first, or keep the rule until then"
	if len(own) == 0 {
		at := validation.Place{Path: groupsPath}
		return at.Finding(problem, fix, name)
	}
	finding := own[0].rule.place("expr").Finding(problem, fix, name)
	finding.Excerpt = own[0].rule.excerpt(own[0].selector)
	return finding
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// maxListed is how many objects a message names.
const maxListed = 3

func listed(objects []*records.Object) string {
	var names []string
	for _, o := range objects[:min(len(objects), maxListed)] {
		names = append(names, o.Path())
	}
	if len(objects) > maxListed {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}
