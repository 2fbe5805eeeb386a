package part

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

// Duration denies the durations that Prometheus' model.ParseDuration refuses.
var Duration = validation.Check[validation.Text]{
	ID: "duration", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus cannot read a duration",
		Text: `A duration is a number and a unit, or several from the largest unit down: ` + "`30s`, `5m`, `1h30m`" + `.
The units are ` + "`y`, `w`, `d`, `h`, `m`, `s` and `ms`" + `. The longest duration that Prometheus can
hold is about 292 years.

An empty string is not a duration. The CRD accepts it, and the operator copies it into the
rule file or the configuration, where Prometheus refuses it: remove the field instead.`,
		Since: "v0.1.0",
	},
	Run: func(d validation.Text, _ validation.Snapshot) []validation.Finding {
		_, err := model.ParseDuration(d.Value)
		if err == nil {
			return nil
		}
		f := d.Finding(fmt.Sprintf("%q is not a duration that Prometheus can read", d.Value),
			"write a number and a unit (y, w, d, h, m, s, ms) such as 90s or 1h30m, at most 292 years", d.Value)
		if d.Value == "" {
			f.Problem = "the duration is empty, which Prometheus cannot read"
			f.Fix = "remove the field, or write a duration such as 5m"
		}
		if strings.Contains(err.Error(), "out of range") { // prometheus/common v0.72 has no type for this error
			f.Problem = fmt.Sprintf("%q is longer than Prometheus can hold, which is about 292 years", d.Value)
			f.Fix = "write a shorter duration, such as 30s"
		}
		return []validation.Finding{f}
	},
}

// ParseDuration parses a duration as Prometheus does. It returns false for a text that is no
// duration.
func ParseDuration(text string) (time.Duration, bool) {
	d, err := model.ParseDuration(text)
	return time.Duration(d), err == nil
}
