package rule

import (
	"fmt"

	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/validation"
)

var recordRepeated = validation.Check[*ruleFile]{
	ID: "record-repeated", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Two rules record the same series",
		Text: `Two recording rules have the same name and the same labels, one Prometheus loads both, and they give the same series: their
expressions are the same, however they are written, or both give one series without labels and read the same selectors, such as
` + "`histogram_quantile(0.99, ...)` and `histogram_quantile(0.9, ...)`" + `. Then the series jumps between two values, at the times of
either group. If the expressions are the same, Prometheus does the work twice.

Remove one of the two rules, or give them different names or labels. Rules that read different metrics are let through: one of them
may stand in for the other, for an older exporter. A second rule in the same group is reported by
[rule-repeated](rule-repeated.md). The other object is one that the cluster, or the linted files, hold.`,
		Since: "v0.1.0",
	},
	Run: func(f *ruleFile, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		earlier, recording := map[string][]recordedRule{}, map[string][]*records.Object{}
		named := map[string]int{}
		for _, r := range f.rules {
			named[r.Record]++
		}
		for _, r := range f.rules {
			if r.Record == "" || r.expr == nil || len(earlier[r.Record]) == maxTwins {
				continue
			}
			others, asked := recording[r.Record]
			if !asked {
				others = othersRecording(r.Record, s)
				recording[r.Record] = others
			}
			if len(others) == 0 && named[r.Record] == 1 {
				continue // writing an expression takes longer than all else here
			}
			mine := recordedRule{r, records.RecordOf(r.group.RuleGroup, r.Rule, r.expr)}
			if twin, ok := mine.among(earlier[r.Record]); ok {
				found = append(found, twin.repeatedWithin(mine)...)
			} else if o, twin, ok := mine.inOthers(others); ok {
				found = append(found, mine.repeats(fmt.Sprintf("%s, group %q,", o.Ref, twin.Group), twin, o.String()))
			}
			earlier[r.Record] = append(earlier[r.Record], mine)
		}
		return found
	},
}

// maxTwins limits how many rules of one name a rule is compared with.
const maxTwins = 100

// A recordedRule is a recording rule, and what it records.
type recordedRule struct {
	*groupRule

	record records.Record
}

func othersRecording(name string, s validation.Snapshot) []*records.Object {
	if s.Loaded == nil {
		return nil
	}
	others := s.Loaded.Recording(name)
	return others[:min(len(others), maxTwins)]
}

func (r recordedRule) among(earlier []recordedRule) (recordedRule, bool) {
	for _, other := range earlier {
		if r.record.Collides(other.record) {
			return other, true
		}
	}
	return recordedRule{}, false
}

func (r recordedRule) inOthers(others []*records.Object) (*records.Object, records.Record, bool) {
	for _, o := range others {
		twins := o.Recording(r.Record)
		for _, other := range twins[:min(len(twins), maxTwins)] {
			if r.record.Collides(other) {
				return o, other, true
			}
		}
	}
	return nil, records.Record{}, false
}

// repeatedWithin reports a rule of the same object that repeats this one, unless the check rule-repeated does.
func (r recordedRule) repeatedWithin(later recordedRule) []validation.Finding {
	if r.group == later.group && ruleIdentity(r.groupRule) == ruleIdentity(later.groupRule) {
		return nil
	}
	return []validation.Finding{later.repeats(fmt.Sprintf("rules[%d] of the group %q", r.index, r.group.Name), r.record, r.group.Name)}
}

// repeats reports that another rule records the same series.
func (r recordedRule) repeats(who string, other records.Record, key string) validation.Finding {
	what := "with the same expression"
	if r.record.Expr != other.Expr {
		what = "with another expression, so that its value jumps"
	}
	return r.place("record").Finding(fmt.Sprintf("%s records the same series %s", who, what),
		"remove one of the two rules, or give them different names or labels", validation.Key(r.Record, key))
}
