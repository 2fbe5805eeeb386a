package file

import "github.com/promgate/promgate/validation"

const since = "v0.1.0"

// Checks returns the checks, without the functions that run them: package lint has those.
func Checks() []validation.Info {
	return []validation.Info{
		{ID: Syntax, Severity: validation.Deny, Doc: validation.Doc{
			Title: "A file is neither YAML nor JSON", Since: since,
			Text: `kubectl reads no object of a document that is not YAML. The place is the one that the YAML library
names; the mistake is often on the line before.`,
		}},
		{ID: HelmTemplate, Severity: validation.Deny, Doc: validation.Doc{
			Title: "A file is a Helm template that is not rendered", Since: since,
			Text: `Which objects a template makes depends on the values, so there is nothing to check before it is
rendered. Pipe what Helm makes of the chart into promgate:

` + "```" + `
helm template RELEASE CHART | promgate lint -
` + "```" + `

The places then name the template too, from the comments that Helm writes.`,
		}},
		{ID: RepeatedKey, Severity: validation.Deny, Doc: validation.Doc{
			Title: "A map has the same key twice", Since: since,
			Text: `For Kubernetes' tools the last one wins, without a word: all of the first one is lost. Prometheus
refuses a rule file with such a map. Remove one of the two, or join them.`,
		}},
		{ID: BooleanKey, Severity: validation.Deny, Doc: validation.Doc{
			Title: "YAML reads a name as true or false", Since: since,
			Text: `In the YAML 1.1 of Kubernetes' tools, ` + "`on`, `off`, `yes`, `no`, `y` and `n`" + ` without quotes are
booleans: a label of such a name is stored as ` + "`true` or `false`" + `. Put the name in quotes.`,
		}},
		{ID: MergeOrder, Severity: validation.Warn, Doc: validation.Doc{
			Title: "A merge key overrides a key of its map", Since: since,
			Text: `A merge key, ` + "`<<`" + `, adds the keys that a map does not set itself: so its specification says, and so Prometheus
reads rule files. kubectl lets the later one win: a merge key behind a key replaces its value. Put ` + "`<<`" + ` in
front of the other keys, where all readers agree.`,
		}},
		{ID: ObjectRepeated, Severity: validation.Warn, Doc: validation.Doc{
			Title: "A file has the same object twice", Since: since,
			Text: `kubectl applies both, one after the other, without a word: nothing is left of the first one. Only objects
of one file, or of what one command prints, are compared: two files are often meant for two clusters.`,
		}},
		{ID: UnknownField, Severity: validation.Deny, Doc: validation.Doc{
			Title: "A field does not exist", Since: since,
			Text: `The API server refuses the object at ` + "`kubectl apply`" + `, and for other clients, such as Helm and
Argo CD, it drops the field without a word. The schemas are those of the Prometheus Operator v0.95.1:
in a cluster with older CRDs, newer fields are unknown too.`,
		}},
		{ID: Schema, Severity: validation.Deny, Doc: validation.Doc{
			Title: "The API server refuses the object", Since: since,
			Text: `The object does not match the schema of its CRD, or one of the CRD's rules, or its name or labels
are not valid. The words are the API server's own. The schemas are those of the Prometheus Operator
v0.95.1.`,
		}},
		{ID: LabelMissing, Severity: validation.Warn, Doc: validation.Doc{
			Title: "The file lacks labels that promgate adds", Since: since,
			Text: `No Prometheus or Alertmanager selects the object as it is in the file, and one would with the labels that the message
names. promgate's webhook adds them at ` + "`kubectl apply`" + `; the file then differs from the cluster, and
where the webhook does not run, nothing uses the object. ` + "`promgate lint --fix`" + ` writes the labels into
the file.`,
		}},
		{ID: RuleFile, Severity: validation.Deny, Doc: validation.Doc{
			Title: "Prometheus refuses the rule file", Since: since,
			Text: `Prometheus refuses its whole configuration over a rule file that it cannot load. The words are those
of its rule loader (3.16), the place is that of the value or the name that it refuses. Where another check says more about the mistake, that check reports it.`,
		}},
		{ID: SuppressionInvalid, Severity: validation.Deny, Doc: validation.Doc{
			Title: "A comment to suppress a check cannot be read", Since: since,
			Text: `A comment that suppresses a check on the rule, endpoint or object below it, or on whose line it is:

` + "```yaml" + `
# promgate:ignore CHECK [until=YYYY-MM-DD] REASON
` + "```" + `

CHECK is the id of a check, and a reason is required. From the day in until on, the check reports
again. A comment at the head of a List is about none of its items: move it to the item.`,
		}},
		{ID: SuppressionUnused, Severity: validation.Warn, Doc: validation.Doc{
			Title: "A comment suppresses nothing", Since: since,
			Text: `The check finds nothing there. Remove the comment, so that it hides no later mistake.`,
		}},
		{ID: SuppressionExpired, Severity: validation.Warn, Doc: validation.Doc{
			Title: "The end date of a suppression has passed", Since: since,
			Text: `The check reports again what the comment suppressed. Fix that, or set a new date.`,
		}},
	}
}

// InfosByID returns the descriptions of the checks of some kinds and of those of this package.
func InfosByID(kinds []validation.Kind) map[string]validation.Info {
	infos := map[string]validation.Info{}
	for _, k := range kinds {
		for _, c := range k.Checks {
			infos[c.ID] = c
		}
	}
	for _, c := range Checks() {
		infos[c.ID] = c
	}
	return infos
}
