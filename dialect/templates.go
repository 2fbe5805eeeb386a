package dialect

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"text/template/parse"

	"github.com/promgate/promgate/internal/templatetree"
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
	templatetree.Walk(slices.Collect(maps.Values(trees)), func(n templatetree.Node) {
		if function, ok := n.Node.(*parse.IdentifierNode); ok {
			start := int(function.Pos) - len(prelude)
			u.add(TemplateFunction, function.Ident, start, start+len(function.Ident))
		}
	})
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
