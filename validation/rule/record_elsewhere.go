package rule

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

var recordElsewhere = validation.Check[*ruleFile]{
	ID: "record-elsewhere", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A rule uses a record that another Prometheus has",
		Text: `The expression uses a metric that a recording rule records, but the Prometheus that loads this object does not load that rule: the
expression gives nothing. It is an object in a namespace that the Prometheus does not look into, or one with other labels. The message names it, and who
loads it.

Give that object labels that this Prometheus selects, move the rule to an object that it loads, or record the metric here too.

Only names with a colon count, which recording rules have by convention. Nothing is said for a ThanosRuler, which queries others, and
for a Prometheus that may have the series from elsewhere: by federation, remote read, remote write or OTLP, from additional scrape
configurations, or from a ScrapeConfig whose targets come from files or HTTP.`,
		Since: "v0.1.0",
	},
	Run: func(f *ruleFile, s validation.Snapshot) []validation.Finding {
		if s.Loaded == nil {
			return nil
		}
		own := f.recordedNames()
		var found []validation.Finding
		for _, r := range f.rules {
			if r.labels == nil {
				continue
			}
			seen := map[string]bool{}
			for _, selector := range r.labels.selectors {
				name := records.MetricOf(selector)
				if !strings.Contains(name, ":") || own[name] || seen[name] {
					continue
				}
				seen[name] = true
				if others := s.Loaded.Elsewhere(name); len(others) > 0 {
					finding := elsewhere(r, name, others, s.Loaded)
					finding.Excerpt = r.excerpt(selector)
					found = append(found, finding)
				}
			}
		}
		return found
	},
}

func elsewhere(r *groupRule, name string, others []*records.Object, l *records.Loaded) validation.Finding {
	by := others[0].String()
	if len(others) > 1 {
		by = fmt.Sprintf("%s and %s do", by, counted(len(others)-1, "other object"))
	} else {
		by += " does"
	}
	return r.place("expr").Finding(
		fmt.Sprintf("no object that %s loads records %s, but %s, which %s", l.Instance, name, by, loadedBy(l.Cluster.Loading(others[0].Ref))),
		"give that object labels that are selected, or record the metric here", validation.Key(name, l.Instance.String()))
}

// loadedBy says who loads an object.
func loadedBy(instances []selection.Ref) string {
	switch len(instances) {
	case 0:
		return "nothing loads"
	case 1:
		return instances[0].String() + " loads"
	}
	return fmt.Sprintf("%s and %d more load", instances[0], len(instances)-1)
}
