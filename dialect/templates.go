package dialect

import (
	"strings"
	"sync"
	"text/template/parse"
)

// TemplateUses returns the functions of the table that a template calls, in the order of the text.
// It returns nothing for a template that cannot be parsed.
func TemplateUses(text string) []Use {
	if !mayCall(text) {
		return nil
	}
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(prelude+text, "", "", trees); err != nil {
		return nil
	}
	u := &uses{}
	for _, t := range trees {
		u.template(t.Root)
	}
	return u.sorted()
}

// prelude declares the variables of Prometheus, without which a template that uses them cannot be parsed.
const prelude = `{{$labels := 0}}{{$externalLabels := 0}}{{$externalURL := 0}}{{$value := 0}}`

// mayCall is a cheap test for the name of any function of the table.
func mayCall(text string) bool {
	if !strings.Contains(text, "{{") {
		return false
	}
	for _, name := range templateNames() {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

var templateNames = sync.OnceValue(func() []string {
	var names []string
	for _, c := range table {
		if c.Kind == TemplateFunction {
			names = append(names, c.Name)
		}
	}
	return names
})

// template walks over a node of a template.
func (u *uses) template(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return // there is no else
		}
		for _, child := range n.Nodes {
			u.template(child)
		}
	case *parse.ActionNode:
		u.template(n.Pipe)
	case *parse.TemplateNode:
		u.template(n.Pipe)
	case *parse.IfNode:
		u.branch(&n.BranchNode)
	case *parse.RangeNode:
		u.branch(&n.BranchNode)
	case *parse.WithNode:
		u.branch(&n.BranchNode)
	case *parse.PipeNode:
		if n == nil {
			return // a template without an argument
		}
		for _, command := range n.Cmds {
			for _, argument := range command.Args {
				u.template(argument)
			}
		}
	case *parse.ChainNode:
		u.template(n.Node)
	case *parse.IdentifierNode:
		start := int(n.Pos) - len(prelude)
		u.add(TemplateFunction, n.Ident, start, start+len(n.Ident))
	}
}

func (u *uses) branch(n *parse.BranchNode) {
	u.template(n.Pipe)
	u.template(n.List)
	u.template(n.ElseList)
}
