package part

import "github.com/promgate/promgate/validation"

// Placeholder warns about placeholders that nobody filled in. Left returns them.
func Placeholder[T any](left func(part T, s validation.Snapshot) []validation.Finding) validation.Check[T] {
	return validation.Check[T]{
		ID: "placeholder", Severity: validation.Warn,
		Doc: validation.Doc{
			Title: "A placeholder that nothing fills in",
			Text: `Prometheus reads the text as it is. A matcher such as ` + "`namespace=\"${NAMESPACE}\"`, `job=\"$job\"` or\n`cluster=\"{{ .Values.cluster }}\"`" + ` finds nothing, a label of a rule shows the placeholder to whoever gets the alert, and a template in the name of
an alert or of a group is not expanded: only the labels and annotations of alerts are templates. In a monitor, a namespace, a target or a
URL with a placeholder does not exist.

In rules the check looks at matchers, at texts in the expression, at labels and names, in monitors at every text of the spec, for what no real value looks like: ` + "`${NAME}`, `{{ .Name }}`, `%(name)s`" + `
anywhere, and ` + "`$name`, `[[name]]`, `<your-name>`, `CHANGEME`" + ` as the whole value. In the replacements of relabelings ` + "`${1}` and `$1`" + ` are right;
the check ` + "`relabel-group`" + ` looks at what is not. Where Flux or another tool fills in ` + "`${NAME}`" + `, lint what it prints (` + "`flux build`" + `).`,
			Since: "v0.1.0",
		},
		Run: left,
	}
}
