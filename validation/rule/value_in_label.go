package rule

import (
	"slices"
	"text/template/parse"

	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/validation"
)

var valueInLabel = validation.Check[*groupRule]{
	ID: "value-in-label", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A label of an alert holds the value",
		Text: `The labels are an alert's identity. With ` + "`$value`" + ` in one of them, every change of the value is a new
alert: the old one resolves, the new one waits for ` + "`for`" + ` again and may never fire, and notifications
come in a flood.

Put the value into an annotation.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, t := range r.templates {
			if t.label && t.usage.value {
				found = append(found, t.place().Finding(
					"the label holds the value, so that each change of the value is a new alert", "put the value into an annotation", validation.Key(t.name, t.text)))
			}
		}
		return found
	},
}

// printsValue reports whether a template prints $value or .Value. A template that
// only compares it ({{ if gt $value 90.0 }}) gives few different labels.
func printsValue(trees []*parse.Tree) bool {
	prints := false
	templatetree.Walk(trees, func(n templatetree.Node) {
		action, ok := n.Node.(*parse.ActionNode)
		if !ok || len(action.Pipe.Decl) > 0 || isComparison(action.Pipe) {
			return
		}
		templatetree.WalkPipe(action.Pipe, n.Scope, func(n templatetree.Node) {
			read := n.Reads()
			prints = prints || len(read) > 0 && read[0] == "Value"
		})
	})
	return prints
}

// isComparison reports whether a pipe ends in true or false.
func isComparison(pipe *parse.PipeNode) bool {
	last, ok := pipe.Cmds[len(pipe.Cmds)-1].Args[0].(*parse.IdentifierNode)
	return ok && slices.Contains([]string{"eq", "ne", "lt", "le", "gt", "ge", "not"}, last.Ident)
}
