package rule

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

var nameUTF8 = validation.Check[*groupRule]{
	ID: "name-utf8", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A name needs Prometheus 3",
		Text: `Prometheus 3 and Thanos 0.38 accept any UTF-8 text as the name of a metric, a label or an annotation. Prometheus 2
refuses a rule file with such a name, and so do older versions of Thanos and other engines that follow the old alphabet:
letters, digits, ` + "`_`" + ` and, in metric names, ` + "`:`" + `, with no digit first. In templates such a label is read as
` + "`{{ index $labels \"a.b\" }}`" + `.

promgate says so where it knows no Prometheus that selects the rule. Where it knows one, that one's version
decides: a name that it refuses is denied by [label-name](label-name.md), [record-name](record-name.md) or
[annotation-name](annotation-name.md), or a warning if another one that selects the rule takes it.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if s.Prometheus.Known() {
			return nil // it takes the name, or another check refuses it
		}
		var found []validation.Finding
		add := func(at validation.Place, value string) {
			if problem, _ := unwritableName(value); problem != "" {
				return // no Prometheus accepts it, and another check reports it
			}
			f := at.Finding(fmt.Sprintf("the name %q needs Prometheus 3", value), "use letters, digits and _ if an older engine loads the rule", value)
			f.IsKey = at.Path.Last().Kind == fieldpath.Key // a record has its name as a value
			found = append(found, f)
		}
		if r.Record != "" && !strings.ContainsAny(r.Record, "{}") && !model.LegacyValidation.IsValidMetricName(r.Record) && s.Names.IsValidMetricName(r.Record) {
			add(r.place("record"), r.Record)
		}
		for _, name := range namesOf(r.Labels) {
			if !model.LegacyValidation.IsValidLabelName(name) && s.Names.IsValidLabelName(name) {
				add(r.place("labels").AtKey(name), name)
			}
		}
		for _, name := range namesOf(r.Annotations) {
			if !model.LegacyValidation.IsValidLabelName(name) && s.Names.IsValidLabelName(name) {
				add(r.place("annotations").AtKey(name), name)
			}
		}
		return found
	},
}
