package rule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/prometheus/prometheus/template"
	"github.com/prometheus/prometheus/util/features"

	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/validation"
)

// templatePrelude declares the variables that Prometheus declares before each
// label and annotation of an alert (model/rulefmt, testTemplateParsing, v0.316).
const templatePrelude = `{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}`

// templatedText is a label or an annotation of an alert that holds a template.
type templatedText struct {
	rule  *groupRule
	name  string
	label bool // a label, not an annotation
	text  string
	usage usage
	trees []*parse.Tree // empty if it does not parse, or need not be parsed: see usageOfUsual
	err   error
}

// parseTemplates parses the labels and annotations of an alert, in order of their
// names. A text without {{ and without a variable cannot be wrong, and is omitted.
func parseTemplates(r *groupRule, maxNesting int, memo *validation.Memo) []templatedText {
	var all []templatedText
	add := func(texts map[string]string, label bool) {
		first := len(all)
		for name, text := range texts {
			if !strings.Contains(text, "{{") && !hasBareLabel(text) {
				continue
			}
			t := templatedText{rule: r, name: name, label: label, text: text}
			if templatetree.TooLarge(text, maxNesting) {
				t.err = fmt.Errorf("%w: more than %d actions and parentheses", errTemplateNesting, maxNesting)
			} else if u, ok := usageOfUsual(text); ok {
				t.usage = u
			} else {
				t.usage, t.trees, t.err = rememberTemplate(memo, r.Alert, text)
			}
			all = append(all, t)
		}
		slices.SortFunc(all[first:], func(a, b templatedText) int { return strings.Compare(a.name, b.name) })
	}
	add(r.Labels, true)
	add(r.Annotations, false)
	return all
}

// place returns the place of the text.
func (t templatedText) place() validation.Place {
	if t.label {
		return t.rule.place("labels").AtKey(t.name)
	}
	return t.rule.place("annotations").AtKey(t.name)
}

var errTemplateNesting = errors.New("the template is too large to be read")

// rememberTemplate is parseTemplate, once for the texts that many alerts of one name have.
func rememberTemplate(memo *validation.Memo, alert, text string) (usage, []*parse.Tree, error) {
	type key struct{ alert, text string }
	type parsed struct {
		usage usage
		trees []*parse.Tree
		err   error
	}
	p := validation.Remember(memo, key{alert, text}, len(text), func() parsed {
		trees, err := parseTemplate(alert, text)
		return parsed{usageOf(trees), trees, err}
	})
	return p.usage, p.trees, p.err
}

// parseTemplate parses a text under the name that Prometheus gives it; no template that is
// defined in the text may have the same name. It returns the text's own tree first, then
// those of the defined templates, by name.
//
// The text/template package copies its function map for each template, which takes longer
// than parsing. So the parser package is called first, and text/template decides only
// where that returns an error.
func parseTemplate(alert, text string) ([]*parse.Tree, error) {
	name := "__alert_" + alert
	byName, err := parse.Parse(name, preludeOf(text)+text, "", "", templateFunctions(), templatetree.Functions)
	if err != nil {
		byName, err = parseTemplateSlowly(name, text)
		if err != nil {
			return nil, err
		}
	}
	return templatetree.InOrder(name, byName), nil
}

// preludeOf returns the declarations of those variables that a text may use: parsing all of them takes
// longer than parsing most texts.
func preludeOf(text string) string {
	var used strings.Builder
	for declaration := range strings.SplitAfterSeq(templatePrelude, "}}") {
		name, _, _ := strings.Cut(strings.TrimPrefix(declaration, "{{"), " ")
		if name != "" && strings.Contains(text, name) {
			used.WriteString(declaration)
		}
	}
	return used.String()
}

func parseTemplateSlowly(name, text string) (map[string]*parse.Tree, error) {
	t, err := texttemplate.New(name).Funcs(templateFunctions()).Parse(templatePrelude + text)
	if err != nil {
		// The error quotes the name, which can be any text: parse again without it.
		if _, plain := texttemplate.New("").Funcs(templateFunctions()).Parse(templatePrelude + text); plain != nil {
			err = plain
		}
		return nil, err
	}
	byName := map[string]*parse.Tree{}
	for _, defined := range t.Templates() {
		byName[defined.Name()] = defined.Tree
	}
	return byName, nil
}

// templateFunctions returns the functions that Prometheus offers to templates. The parser
// needs only their names: they are never called.
var templateFunctions = sync.OnceValue(func() texttemplate.FuncMap {
	registry := features.NewRegistry()
	template.RegisterFeatures(registry)
	functions := texttemplate.FuncMap{}
	for name := range registry.Get()[features.TemplatingFunctions] {
		functions[name] = func(...any) any { return nil }
	}
	return functions
})

// quotedName matches the name that a template error quotes: function "x", variable "$y".
var quotedName = regexp.MustCompile(`"([^"]+)"`)

// badCharacter matches the character that a template error names.
var badCharacter = regexp.MustCompile(`^bad character U\+[0-9A-F]+ '(.+)'$`)

// problem returns the error of the template package without its prefix, and the place: of
// the name in the error, the end of a text that ends too early, or else the first action of
// the line that the error names.
func (t templatedText) problem() (string, *validation.Excerpt) {
	text, problem := t.text, t.err.Error()
	line := 0
	if m := templateErrorPrefix.FindStringSubmatch(problem); m != nil {
		problem = strings.TrimPrefix(problem[len(m[0]):], "template: ")
		line = lineOffset(text, m[1])
	}
	if problem == "unexpected EOF" {
		return problem, t.place().Excerpt(text, len(text), len(text))
	}
	first := line + max(strings.Index(text[line:], "{{"), 0)
	start, width := first, len("{{")
	m := quotedName.FindStringSubmatch(problem)
	if m == nil {
		m = badCharacter.FindStringSubmatch(problem)
	}
	if m != nil {
		if i := strings.Index(text[first:], m[1]); i >= 0 {
			start, width = first+i, len(m[1])
		}
	}
	return problem, t.place().Excerpt(text, start, start+width)
}

// templateFix returns how to mend the most frequent mistakes.
func templateFix(problem string) string {
	switch {
	case strings.HasPrefix(problem, errTemplateNesting.Error()):
		return "write fewer"
	case strings.HasPrefix(problem, "undefined variable"):
		return "the variables are $labels, $value, $externalLabels and $externalURL"
	case strings.HasPrefix(problem, "function "):
		return "check the spelling; the functions are those of Prometheus, and a Helm template has to be rendered first"
	case problem == "unexpected EOF":
		return "add the missing {{ end }}"
	case problem == "unexpected {{end}}", problem == "unexpected {{else}}":
		return "remove it, or add the {{ if }}, {{ with }} or {{ range }} that it belongs to"
	case problem == "unclosed action", strings.HasPrefix(problem, `unexpected "}"`):
		return "close the action with }}"
	case problem == "unclosed comment":
		return "close the comment with */}}"
	case strings.HasPrefix(problem, "multiple definition"):
		return "give it another name"
	case problem == "missing value for command":
		return "write something between {{ and }}, or remove them"
	case strings.HasPrefix(problem, "unterminated"):
		return "add the missing quote"
	case strings.HasPrefix(problem, "bad character"):
		return `read a label of any name with {{ index $labels "my-label" }}`
	}
	return "write a Go template between {{ and }}"
}

var templateErrorPrefix = regexp.MustCompile(`^template: [^ ]*?:(\d+):(?:\d+:)? `)

// lineOffset returns the offset of a line; lines count from 1.
func lineOffset(text, number string) int {
	n, _ := strconv.Atoi(number) // templateErrorPrefix matches digits only
	offset := 0
	for ; n > 1; n-- {
		i := strings.IndexByte(text[offset:], '\n')
		if i < 0 {
			return 0
		}
		offset += i + 1
	}
	return offset
}
