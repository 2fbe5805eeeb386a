package rule

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

// defaultLookback is how old a sample may be for Prometheus to use it (the default of
// --query.lookback-delta).
const defaultLookback = 5 * time.Minute

var groupInterval = validation.Check[*ruleGroup]{
	ID: "group-interval", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A group is evaluated less often than every five minutes",
		Text: `Prometheus looks back five minutes for the last sample of a series. Between two evaluations that lie
further apart, the series that the group records, and ` + "`ALERTS`" + `, vanish from queries and graphs.

Choose an interval of at most ` + "`5m`" + `, or raise ` + "`--query.lookback-delta`" + ` and turn this check off.`,
		Since: "v0.1.0",
	},
	Run: func(g *ruleGroup, _ validation.Snapshot) []validation.Finding {
		if g.Interval == nil {
			return nil
		}
		d, err := model.ParseDuration(string(*g.Interval))
		if err != nil || time.Duration(d) <= defaultLookback {
			return nil
		}
		return []validation.Finding{g.place("interval").Finding(
			fmt.Sprintf("%s is longer than Prometheus looks back for a sample (5m), so that results vanish between evaluations", *g.Interval),
			"choose 5m or less", string(*g.Interval))}
	},
}
