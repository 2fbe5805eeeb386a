// Package templatetree has what the readers of templates of Prometheus and of Alertmanager share: the functions of the language, a limit,
// and a walk over parsed templates. It is a leaf: it imports nothing of promgate.
package templatetree

import "text/template/parse"

// A Node is a part of a parsed template in its scope.
type Node struct {
	parse.Node
	Scope
}

// A Scope says whether the dot and $ are the alert's data. In a range or a with the dot is
// something else, and in a defined template both are.
type Scope struct{ Dot, Dollar bool }

// Walk calls visit for each node of parsed templates, parents
// first. The first tree is the text itself, the others are defined in it.
func Walk(trees []*parse.Tree, visit func(Node)) {
	for i, t := range trees {
		walkNode(Node{t.Root, Scope{Dot: i == 0, Dollar: i == 0}}, visit)
	}
}

func walkNode(n Node, visit func(Node)) {
	visit(n)
	switch p := n.Node.(type) {
	case *parse.ListNode:
		for _, child := range p.Nodes {
			walkNode(Node{child, n.Scope}, visit)
		}
	case *parse.ActionNode:
		WalkPipe(p.Pipe, n.Scope, visit)
	case *parse.TemplateNode:
		WalkPipe(p.Pipe, n.Scope, visit)
	case *parse.IfNode:
		walkBranch(&p.BranchNode, n.Scope, n.Scope, visit)
	case *parse.RangeNode:
		walkBranch(&p.BranchNode, n.Scope, Scope{Dollar: n.Dollar}, visit)
	case *parse.WithNode:
		walkBranch(&p.BranchNode, n.Scope, Scope{Dollar: n.Dollar}, visit)
	case *parse.ChainNode:
		walkNode(Node{p.Node, n.Scope}, visit)
	case *parse.PipeNode:
		WalkPipe(p, n.Scope, visit)
	}
}

// walkBranch walks if, range and with. The list for the case that the condition is true
// has its own scope.
func walkBranch(b *parse.BranchNode, outer, list Scope, visit func(Node)) {
	WalkPipe(b.Pipe, outer, visit)
	walkNode(Node{b.List, list}, visit)
	if b.ElseList != nil {
		walkNode(Node{b.ElseList, outer}, visit)
	}
}

// WalkPipe calls visit for the commands of a pipeline, and for each node in them.
func WalkPipe(pipe *parse.PipeNode, s Scope, visit func(Node)) {
	if pipe == nil {
		return
	}
	for _, command := range pipe.Cmds {
		visit(Node{command, s})
		for _, arg := range command.Args {
			walkNode(Node{arg, s}, visit)
		}
	}
}

// Reads returns the fields of the alert's data that a node reads: Labels and job for
// $labels.job, .Labels.job and $.Labels.job; nil for any other node.
func (n Node) Reads() []string {
	switch p := n.Node.(type) {
	case *parse.FieldNode:
		if n.Dot {
			return p.Ident
		}
	case *parse.VariableNode:
		switch {
		case p.Ident[0] == "$labels":
			return append([]string{"Labels"}, p.Ident[1:]...)
		case p.Ident[0] == "$value":
			return append([]string{"Value"}, p.Ident[1:]...)
		case p.Ident[0] == "$" && n.Dollar:
			return p.Ident[1:]
		}
	}
	return nil
}
