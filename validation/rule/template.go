package rule

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/prometheus/prometheus/template"
	"github.com/prometheus/prometheus/util/features"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
)

// templatePrelude declares the variables that Prometheus declares before each
// label and annotation of an alert (model/rulefmt, testTemplateParsing, v0.316).
const templatePrelude = `{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}`

// templatedText is a label or an annotation of an alert that holds a template.
type templatedText struct {
	path  *field.Path
	name  string
	label bool // a label, not an annotation
	text  string
	trees []*parse.Tree // empty if it does not parse
	err   error
}

// parseTemplates parses the labels and annotations of an alert, in order of their
// names. A text without {{ has nothing that could be wrong, and is left out. An
// error means that a text is longer than most, in bytes.
func parseTemplates(r *rule, most int) ([]templatedText, error) {
	var all []templatedText
	add := func(field string, texts map[string]string, label bool) error {
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			if !strings.Contains(texts[name], "{{") {
				continue
			}
			if len(texts[name]) > most {
				return fmt.Errorf("parsing %s: the template %q has %d bytes, more than the %d that are parsed",
					r.path(""), name, len(texts[name]), most)
			}
			t := templatedText{path: r.path(field).Key(name), name: name, label: label, text: texts[name]}
			t.trees, t.err = parseTemplate(r.Alert, t.text)
			all = append(all, t)
		}
		return nil
	}
	if err := add("labels", r.Labels, true); err != nil {
		return nil, err
	}
	if err := add("annotations", r.Annotations, false); err != nil {
		return nil, err
	}
	return all, nil
}

// parseTemplate parses a text under the name that Prometheus gives it, which a
// template that is defined in the text must not have. The trees come in a fixed
// order: the text's own, then the defined ones.
//
// The text/template package copies its function map for each template, which costs
// more than parsing does. So the parser below it is asked first; where it has
// something to say, the package has the last word.
func parseTemplate(alert, text string) ([]*parse.Tree, error) {
	name := "__alert_" + alert
	byName, err := parse.Parse(name, templatePrelude+text, "", "", templateFunctions(), languageFunctions)
	if err != nil {
		byName, err = parseTemplateSlowly(name, text)
		if err != nil {
			return nil, err
		}
	}
	trees := []*parse.Tree{byName[name]}
	for _, defined := range slices.Sorted(maps.Keys(byName)) {
		if defined != name && byName[defined] != nil {
			trees = append(trees, byName[defined])
		}
	}
	return trees, nil
}

func parseTemplateSlowly(name, text string) (map[string]*parse.Tree, error) {
	t, err := texttemplate.New(name).Funcs(templateFunctions()).Parse(templatePrelude + text)
	if err != nil {
		// The error holds the name, which can be any text: say it without.
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

// languageFunctions are those that text/template itself brings (Go 1.26). One that
// is missing here costs time, not a verdict.
var languageFunctions = map[string]any{
	"and": true, "call": true, "html": true, "index": true, "slice": true, "js": true, "len": true, "not": true, "or": true,
	"print": true, "printf": true, "println": true, "urlquery": true,
	"eq": true, "ge": true, "gt": true, "le": true, "lt": true, "ne": true,
}

// templateFunctions has the name of each function that Prometheus offers to
// templates. To parse, the names are enough: the functions are never called.
var templateFunctions = sync.OnceValue(func() texttemplate.FuncMap {
	registry := features.NewRegistry()
	template.RegisterFeatures(registry)
	functions := texttemplate.FuncMap{}
	for name := range registry.Get()[features.TemplatingFunctions] {
		functions[name] = func(...any) any { return nil }
	}
	return functions
})

// quoted finds what a template error is about: function "x", variable "$y".
var quoted = regexp.MustCompile(`"([^"]+)"`)

// badCharacter finds the character that a template error is about.
var badCharacter = regexp.MustCompile(`^bad character U\+[0-9A-F]+ '(.+)'$`)

// templateError says what the template package says, without its own prefix, and
// where: at what the error names, at the end of a text that ends too early, else at
// the first action of the line that the error gives.
func templateError(text string, err error) (string, *validation.Excerpt) {
	problem := err.Error()
	line := 0
	if m := templateErrorPrefix.FindStringSubmatch(problem); m != nil {
		problem = strings.TrimPrefix(problem[len(m[0]):], "template: ")
		line = lineOffset(text, m[1])
	}
	if problem == "unexpected EOF" {
		return problem, &validation.Excerpt{Text: text, Start: len(text), End: len(text)}
	}
	first := line + max(strings.Index(text[line:], "{{"), 0)
	start, width := first, len("{{")
	m := quoted.FindStringSubmatch(problem)
	if m == nil {
		m = badCharacter.FindStringSubmatch(problem)
	}
	if m != nil {
		if i := strings.Index(text[first:], m[1]); i >= 0 {
			start, width = first+i, len(m[1])
		}
	}
	return problem, &validation.Excerpt{Text: text, Start: start, End: start + width}
}

// templateFix knows how to mend the mistakes that people make most.
func templateFix(problem string) string {
	switch {
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
	return "a template is written as in Go; {{ and }} are its brackets"
}

var templateErrorPrefix = regexp.MustCompile(`^template: [^ ]*?:(\d+):(?:\d+:)? `)

// lineOffset is the offset of a line, given as a number from 1 up.
func lineOffset(text, number string) int {
	n, _ := strconv.Atoi(number) // the expression that found it takes digits only
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
