package rule

import "text/template/parse"

// A templateNode is a part of a parsed template in its scope.
type templateNode struct {
	parse.Node
	templateScope
}

// templateScope says whether the dot and $ are the alert's data. In a range or a with the dot is
// something else, and in a defined template both are.
type templateScope struct{ dot, dollar bool }

// walkTemplates calls visit for each node of parsed templates, parents
// first. The first tree is the text itself, the others are defined in it.
func walkTemplates(trees []*parse.Tree, visit func(templateNode)) {
	for i, t := range trees {
		walkNode(templateNode{t.Root, templateScope{dot: i == 0, dollar: i == 0}}, visit)
	}
}

func walkNode(n templateNode, visit func(templateNode)) {
	visit(n)
	switch p := n.Node.(type) {
	case *parse.ListNode:
		for _, child := range p.Nodes {
			walkNode(templateNode{child, n.templateScope}, visit)
		}
	case *parse.ActionNode:
		walkPipe(p.Pipe, n.templateScope, visit)
	case *parse.TemplateNode:
		walkPipe(p.Pipe, n.templateScope, visit)
	case *parse.IfNode:
		walkBranch(&p.BranchNode, n.templateScope, n.templateScope, visit)
	case *parse.RangeNode:
		walkBranch(&p.BranchNode, n.templateScope, templateScope{dollar: n.dollar}, visit)
	case *parse.WithNode:
		walkBranch(&p.BranchNode, n.templateScope, templateScope{dollar: n.dollar}, visit)
	case *parse.ChainNode:
		walkNode(templateNode{p.Node, n.templateScope}, visit)
	case *parse.PipeNode:
		walkPipe(p, n.templateScope, visit)
	}
}

// walkBranch walks if, range and with. The list for the case that the condition is true
// has its own scope.
func walkBranch(b *parse.BranchNode, outer, list templateScope, visit func(templateNode)) {
	walkPipe(b.Pipe, outer, visit)
	walkNode(templateNode{b.List, list}, visit)
	if b.ElseList != nil {
		walkNode(templateNode{b.ElseList, outer}, visit)
	}
}

func walkPipe(pipe *parse.PipeNode, s templateScope, visit func(templateNode)) {
	if pipe == nil {
		return
	}
	for _, command := range pipe.Cmds {
		visit(templateNode{command, s})
		for _, arg := range command.Args {
			walkNode(templateNode{arg, s}, visit)
		}
	}
}

// reads returns the fields of the alert's data that a node reads: Labels and job for
// $labels.job, .Labels.job and $.Labels.job; nil for any other node.
func (n templateNode) reads() []string {
	switch p := n.Node.(type) {
	case *parse.FieldNode:
		if n.dot {
			return p.Ident
		}
	case *parse.VariableNode:
		switch {
		case p.Ident[0] == "$labels":
			return append([]string{"Labels"}, p.Ident[1:]...)
		case p.Ident[0] == "$value":
			return append([]string{"Value"}, p.Ident[1:]...)
		case p.Ident[0] == "$" && n.dollar:
			return p.Ident[1:]
		}
	}
	return nil
}
