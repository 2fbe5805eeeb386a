package rule

import (
	"fmt"
	"regexp"
	"slices"
	"text/template/parse"

	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/validation"
)

var templateLabel = validation.Check[*groupRule]{
	ID: "template-label", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A template uses a label that the expression does not give",
		Text: `` + "`$labels`" + ` holds the labels of the expression's result. An aggregation keeps only the labels that ` + "`by`" + ` names;
a template with another label shows an empty text, at the moment when somebody needs it.

Add the label to ` + "`by (...)`" + `, or remove it from the template. The labels that the rule itself sets
under ` + "`labels`" + ` are not in ` + "`$labels`" + ` either.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.expr == nil || len(r.templates) == 0 || r.cost.Chain*r.cost.Labels > maxLabelWork {
			return nil
		}
		given := resultLabels(r.expr)
		if given == nil {
			return nil
		}
		var found []validation.Finding
		for _, t := range r.templates {
			said := map[string]bool{}
			for _, name := range usedLabels(t.trees) {
				if given[name] || said[name] {
					continue
				}
				said[name] = true
				f := t.place.Finding(
					fmt.Sprintf("the expression's result has no label %q: the template will show nothing there", name),
					"add the label to by (...) in the expression, or remove it from the template", validation.Key(t.name, name))
				// The name, but not as the beginning of a longer name.
				if at := regexp.MustCompile(`\.` + regexp.QuoteMeta(name) + `(?:\W|$)`).FindStringIndex(t.text); at != nil {
					f.Excerpt = t.place.Excerpt(t.text, at[0]+1, at[0]+1+len(name))
				}
				found = append(found, f)
			}
		}
		return found
	},
}

// maxLabelWork bounds how many labels are copied from operand to operand. It is enough for
// a hundred operators over a thousand labels.
const maxLabelWork = 100_000

// usedLabels returns the labels that templates read as $labels.NAME or .Labels.NAME, without
// those that a template tests with {{ if }} or {{ with }}: their author knows that they may
// be missing.
func usedLabels(trees []*parse.Tree) []string {
	var names []string
	guarded := map[string]bool{}
	templatetree.Walk(trees, func(n templatetree.Node) {
		if read := n.Reads(); len(read) >= 2 && read[0] == "Labels" {
			names = append(names, read[1])
		}
		var pipe *parse.PipeNode
		switch p := n.Node.(type) {
		case *parse.IfNode:
			pipe = p.Pipe
		case *parse.WithNode:
			pipe = p.Pipe
		default:
			return
		}
		if len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
			return
		}
		if read := (templatetree.Node{Node: pipe.Cmds[0].Args[0], Scope: n.Scope}).Reads(); len(read) == 2 && read[0] == "Labels" {
			guarded[read[1]] = true
		}
	})
	return slices.DeleteFunc(names, func(name string) bool { return guarded[name] })
}
