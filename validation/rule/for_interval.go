package rule

import (
	"fmt"
	"time"

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

The interval is that of the group, or of the Prometheus if the group sets none. An interval of the Prometheus up to a minute is not
reported: many rules of well-kept projects wait for less, and nobody is harmed by some seconds more. Evaluate the group more often, or write the time that
the alert waits anyway. Without ` + "`for`" + ` the alert fires at once.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if r.Alert == "" || r.For == nil {
			return nil
		}
		wait, err := model.ParseDuration(string(*r.For))
		every, known := r.group.evaluatedEvery(s)
		if err != nil || !known || wait <= 0 || every <= wait || !r.group.setsInterval() && every <= quickEvaluation {
			return nil
		}
		return []validation.Finding{r.place("for").Finding(
			fmt.Sprintf("the group is evaluated every %s, so that the alert fires after %s, and not after %s", every, every, wait),
			fmt.Sprintf("evaluate the group every %s or more often, or wait for %s or more", wait, every), string(*r.For))}
	},
}

// quickEvaluation is the interval of a Prometheus that delays no alert by more than people mind. Measured over the rules of public
// projects: of the alerts that wait for less than a Prometheus' interval, nearly all wait for 1 to 15 seconds.
const quickEvaluation = model.Duration(time.Minute)

// setsInterval reports whether the group has an interval of its own.
func (g *ruleGroup) setsInterval() bool {
	return g.Interval != nil && *g.Interval != "" && *g.Interval != "0s"
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
