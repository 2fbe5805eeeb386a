package rule

import (
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

var recordFields = validation.Check[*groupRule]{
	ID: "record-fields", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A recording rule has a field that only alerts have",
		Text: `` + "`for`, `keep_firing_for` and `annotations`" + ` define how an alert behaves. A recording rule cannot have
them: Prometheus refuses the rule file.

Remove them; or, if the rule is intended to be an alert, rename ` + "`record` to `alert`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.Record == "" {
			return nil
		}
		var found []validation.Finding
		refuse := func(name string) {
			f := r.place(name).Finding("a recording rule cannot have "+name, "remove the field, or rename record to alert", name)
			f.IsKey = true
			found = append(found, f)
		}
		if r.For != nil && !isZero(string(*r.For)) {
			refuse("for")
		}
		if r.KeepFiringFor != nil && !isZero(string(*r.KeepFiringFor)) {
			refuse("keep_firing_for")
		}
		if len(r.Annotations) > 0 {
			refuse("annotations")
		}
		return found
	},
}

// isZero reports whether a duration is zero, or cannot be parsed: another check refuses
// the latter.
func isZero(duration string) bool {
	d, err := model.ParseDuration(duration)
	return err != nil || d == 0
}
