package part

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
)

// DurationField is a duration that an object sets, in its place.
type DurationField struct {
	Path    *field.Path
	Subject string
	Key     string // of what the duration belongs to
	Value   string
}

// Duration denies what Prometheus' model.ParseDuration refuses.
var Duration = validation.Check[DurationField]{
	ID: "duration", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus cannot read a duration",
		Text: `A duration is a number and a unit, or several from the largest unit down: ` + "`30s`, `5m`, `1h30m`" + `.
The units are ` + "`y`, `w`, `d`, `h`, `m`, `s` and `ms`" + `. The longest duration that Prometheus can
hold is about 292 years.

An empty string is no duration. The CRD lets it through, and the operator copies it
into the rule file or the configuration, where Prometheus refuses it: remove the field instead.`,
		Since: "v0.1.0",
	},
	Run: func(d DurationField, _ validation.Snapshot) []validation.Finding {
		_, err := model.ParseDuration(d.Value)
		if err == nil {
			return nil
		}
		f := validation.Finding{
			Path:    d.Path.String(),
			Subject: d.Subject,
			Problem: fmt.Sprintf("%q is not a duration that Prometheus can read", d.Value),
			Fix:     "write a number and a unit (y, w, d, h, m, s, ms) such as 90s or 1h30m, at most 292 years",
			Key:     validation.Key(d.Key, d.Value),
		}
		if d.Value == "" {
			f.Problem = "the duration is empty, which Prometheus cannot read"
			f.Fix = "remove the field, or write a duration such as 5m"
		}
		if strings.Contains(err.Error(), "out of range") { // prometheus/common v0.72 has no better sign
			f.Problem = fmt.Sprintf("%q is longer than Prometheus can hold, which is about 292 years", d.Value)
			f.Fix = "write a shorter duration, such as 30s"
		}
		return []validation.Finding{f}
	},
}
