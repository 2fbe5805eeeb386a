package part

import "github.com/promgate/promgate/validation"

// FieldTooNew warns about fields that the operator omits because the instance is too old for
// them. Ignored returns them, with the subject of each: the judge knows them.
func FieldTooNew[T any](ignored func(part T, s validation.Snapshot) []validation.Finding) validation.Check[T] {
	return validation.Check[T]{
		ID: "field-too-new", Severity: validation.Warn,
		Doc: validation.Doc{
			Title: "A field is too new for the Prometheus",
			Text: `The field needs a later Prometheus, or Thanos, than the version that the object has which selects this
one. The operator (v0.93.0) then leaves the field out of the configuration or the rule file and keeps
the rest: the object works, without what the field was set for, and only the operator's log says so.
Labels of a rule group that are omitted, for one, can send its alerts to nobody.

Upgrade that Prometheus, or remove the field. ` + "`promgate render`" + ` names the same fields.`,
			Since: "v0.1.0",
		},
		Run: func(part T, s validation.Snapshot) []validation.Finding {
			found := ignored(part, s)
			for i := range found {
				found[i].Fix = "upgrade it, or remove the field"
			}
			return found
		},
	}
}
