package notification

import (
	"errors"
	tmplhtml "html/template"
	"maps"
	"path"
	"strings"
	"sync"
	tmpltext "text/template"
	"text/template/parse"

	"github.com/prometheus/alertmanager/template"

	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/validation"
)

var errTooLarge = errors.New("the template is too large to be read")

// parseText parses a text as Alertmanager does, and returns its own tree first, then those of the templates that it
// defines, by name.
//
// The text/template package copies its functions for each template, which takes longer than parsing. So the parser
// package is called first, and text/template decides only where that returns an error.
func parseText(name, text string) ([]*parse.Tree, error) {
	if templatetree.TooLarge(text, templatetree.MaxNesting) {
		return nil, errTooLarge
	}
	trees, err := parse.Parse(name, text, "", "", template.DefaultFuncs, templatetree.Functions)
	if err != nil {
		if _, err := tmpltext.New(name).Funcs(tmpltext.FuncMap(template.DefaultFuncs)).Parse(text); err != nil {
			return nil, err //nolint:wrapcheck // the words are the reader's
		}
		return nil, nil // the other parser knows a word that this one does not
	}
	return templatetree.InOrder(name, trees), nil
}

// parseProblem says what is wrong with a template, without the name that Alertmanager gives it.
func parseProblem(err error) string {
	text := strings.TrimPrefix(err.Error(), "template: ")
	if i := strings.Index(text, ": "); i >= 0 && strings.Contains(text[:i], ":") {
		text = text[i+2:]
	}
	return text
}

// defaultTemplates are the names of the templates that Alertmanager has built in.
var defaultTemplates = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	var text *tmpltext.Template
	_, err := template.FromGlobs(nil, func(t *tmpltext.Template, _ *tmplhtml.Template) { text = t })
	if err != nil {
		return names
	}
	for _, t := range text.Templates() {
		names[t.Name()] = true
	}
	return names
})

// definedIn returns the names of the templates that an Alertmanager has, or nil if it may have others.
func definedIn(t *validation.Templates) map[string]bool {
	if t == nil || !t.Complete {
		return nil
	}
	names := maps.Clone(defaultTemplates())
	for _, f := range t.Files {
		trees, err := parseText(path.Base(f.Path), f.Content)
		if err != nil || trees == nil && f.Content != "" {
			return nil
		}
		names[path.Base(f.Path)] = true
		for _, tree := range trees {
			names[tree.Name] = true
		}
	}
	return names
}

// undefined returns the first template that some trees call and that is not defined, in them or among names.
func undefined(trees []*parse.Tree, names map[string]bool) string {
	own := map[string]bool{}
	for _, t := range trees {
		own[t.Name] = true
	}
	missing := ""
	templatetree.Walk(trees, func(n templatetree.Node) {
		if call, ok := n.Node.(*parse.TemplateNode); ok && missing == "" && !own[call.Name] && !names[call.Name] {
			missing = call.Name
		}
	})
	return missing
}

// FileProblem says why Alertmanager cannot parse a template file, or returns "".
func FileProblem(f validation.TemplateFile) string {
	if _, err := parseText(path.Base(f.Path), f.Content); err != nil {
		return parseProblem(err)
	}
	return ""
}
