package notification

import (
	"reflect"
	"text/template/parse"

	"github.com/prometheus/alertmanager/template"
)

// A reader follows the type of the dot through a template. A nil type is one that is not known.
type reader struct {
	root    reflect.Type // of $
	missing string       // the first field that is not there
}

// missingField returns the first field that a text reads and that its data cannot have: the notification fails there.
func missingField(tree *parse.Tree) string {
	data := reflect.TypeFor[*template.Data]()
	r := &reader{root: data}
	r.list(tree.Root, data)
	return r.missing
}

func (r *reader) list(l *parse.ListNode, dot reflect.Type) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch p := n.(type) {
		case *parse.ActionNode:
			r.pipe(p.Pipe, dot)
		case *parse.TemplateNode:
			r.pipe(p.Pipe, dot)
		case *parse.IfNode:
			r.pipe(p.Pipe, dot)
			r.list(p.List, dot)
			r.list(p.ElseList, dot)
		case *parse.WithNode:
			r.list(p.List, r.pipe(p.Pipe, dot))
			r.list(p.ElseList, dot)
		case *parse.RangeNode:
			r.list(p.List, element(r.pipe(p.Pipe, dot)))
			r.list(p.ElseList, dot)
		}
	}
}

// element returns the type over which a range goes.
func element(t reflect.Type) reflect.Type {
	if t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem()
	}
	return nil
}

// pipe returns the type of the value of a pipeline.
func (r *reader) pipe(p *parse.PipeNode, dot reflect.Type) reflect.Type {
	if p == nil {
		return nil
	}
	var last reflect.Type
	for _, c := range p.Cmds {
		last = nil
		for i, arg := range c.Args {
			t := r.value(arg, dot)
			if i == 0 && len(c.Args) == 1 && len(p.Cmds) == 1 {
				last = t
			}
		}
	}
	return last
}

// value returns the type of a node, if it is a field of the data.
func (r *reader) value(n parse.Node, dot reflect.Type) reflect.Type {
	switch p := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return r.fields(dot, p.Ident, p.String())
	case *parse.VariableNode:
		if p.Ident[0] == "$" {
			return r.fields(r.root, p.Ident[1:], p.String())
		}
	case *parse.PipeNode:
		return r.pipe(p, dot)
	case *parse.ChainNode:
		r.value(p.Node, dot)
	}
	return nil
}

// fields follows names through a type, as text/template does.
func (r *reader) fields(t reflect.Type, names []string, written string) reflect.Type {
	for _, name := range names {
		if t == nil {
			return nil
		}
		next, found := fieldOf(t, name)
		if !found {
			if r.missing == "" {
				r.missing = written
			}
			return nil
		}
		t = next
	}
	return t
}

// fieldOf returns the type of a field, of a key of a map, or of the result of a method.
func fieldOf(t reflect.Type, name string) (field reflect.Type, found bool) {
	pointer := t
	if t.Kind() != reflect.Pointer {
		pointer = reflect.PointerTo(t)
	}
	if m, ok := pointer.MethodByName(name); ok {
		return m.Type.Out(0), true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Map:
		return t.Elem(), true
	case reflect.Struct:
		f, ok := t.FieldByName(name)
		return f.Type, ok && f.IsExported()
	case reflect.Interface:
		return nil, true
	}
	return nil, false
}
