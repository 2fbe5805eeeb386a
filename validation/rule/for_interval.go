package rule

import (
	"fmt"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

var forInterval = validation.Check[*groupRule]{
	ID: "for-interval", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An alert waits for the next evaluation, and not for its for",
		Text: `Prometheus looks at ` + "`for`" + ` only when it evaluates the group. If that is less often than ` + "`for`" + ` is long, the alert is
pending at one evaluation and fires at the next one: it waits for the interval of the group. (` + "`AlertingRule.Eval` in rules/alerting.go" + `
of Prometheus 3.16 compares the time since the first evaluation that found it with ` + "`for`" + `.)

The interval is that of the group, or of the Prometheus if the group sets none. Evaluate the group more often, or write the time that
the alert waits anyway. Without ` + "`for`" + ` the alert fires at once.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if r.Alert == "" || r.For == nil {
			return nil
		}
		wait, err := model.ParseDuration(string(*r.For))
		every, known := r.group.evaluatedEvery(s)
		if err != nil || !known || wait <= 0 || every <= wait {
			return nil
		}
		return []validation.Finding{r.place("for").Finding(
			fmt.Sprintf("the group is evaluated every %s, so that the alert fires after %s, and not after %s", every, every, wait),
			fmt.Sprintf("evaluate the group every %s or more often, or wait for %s or more", wait, every), string(*r.For))}
	},
}

// evaluatedEvery returns the interval at which the Prometheus evaluates the group: its own one, unless that is 0, or
// that of the Prometheus.
func (g *ruleGroup) evaluatedEvery(s validation.Snapshot) (every model.Duration, known bool) {
	if g.Interval != nil {
		every, err := model.ParseDuration(string(*g.Interval))
		if err != nil || every > 0 {
			return every, err == nil
		}
	}
	every, err := model.ParseDuration(s.Prometheus.EvaluationInterval)
	return every, err == nil && every > 0
}
