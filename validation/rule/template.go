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

	"github.com/promgate/promgate/validation"
)

// templatePrelude declares the variables that Prometheus declares before each
// label and annotation of an alert (model/rulefmt, testTemplateParsing, v0.316).
const templatePrelude = `{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}`

// maxTemplateLength is the longest label or annotation that is parsed, in bytes: the
// parser of templates recurses, and a nest of a megabyte fills 256 MiB of stack.
const maxTemplateLength = 64 << 10

// templatedText is a label or an annotation of an alert that holds a template.
type templatedText struct {
	place validation.Place
	name  string
	label bool // a label, not an annotation
	text  string
	trees []*parse.Tree // empty if it does not parse
	err   error
}

// parseTemplates parses the labels and annotations of an alert, in order of their names. It
// omits texts without {{, in which nothing can be wrong. An error means that a text is too
// long to be parsed.
func parseTemplates(r *groupRule) ([]templatedText, error) {
	var all []templatedText
	add := func(field string, texts map[string]string, label bool) error {
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			if !strings.Contains(texts[name], "{{") {
				continue
			}
			if len(texts[name]) > maxTemplateLength {
				return fmt.Errorf("parsing %s: the template %q has %d bytes, more than the %d that are parsed",
					r.place().Path, name, len(texts[name]), maxTemplateLength)
			}
			t := templatedText{place: r.place(field).AtKey(name), name: name, label: label, text: texts[name]}
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

// parseTemplate parses a text under the name that Prometheus gives it, which a template that is
// defined in the text must not have. It returns the tree of the text first, then the trees of
// the templates that are defined in it, in order of their names.
//
// The package text/template copies its function map for each template, which costs more than
// parsing does. So parseTemplate first uses the parser below it, and the package itself only
// if that returns an error.
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
		// The error holds the name, which can be any text: get it without the name.
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

// languageFunctions are the functions of text/template itself (Go 1.26). A function that is
// missing here costs time, and does not change the verdict.
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

// quotedName finds the name that a template error is about: function "x", variable "$y".
var quotedName = regexp.MustCompile(`"([^"]+)"`)

// badCharacter finds the character that a template error is about.
var badCharacter = regexp.MustCompile(`^bad character U\+[0-9A-F]+ '(.+)'$`)

// problem returns the error of the template package without its prefix, and its place: the
// name in the error, the end of a text that ends too early, or else the first action of the
// line that the error has.
func (t templatedText) problem() (string, *validation.Excerpt) {
	text, problem := t.text, t.err.Error()
	line := 0
	if m := templateErrorPrefix.FindStringSubmatch(problem); m != nil {
		problem = strings.TrimPrefix(problem[len(m[0]):], "template: ")
		line = lineOffset(text, m[1])
	}
	if problem == "unexpected EOF" {
		return problem, t.place.Excerpt(text, len(text), len(text))
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
	return problem, t.place.Excerpt(text, start, start+width)
}

// templateFix returns how to mend the mistakes that people make most often.
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
	return "write a Go template between {{ and }}"
}

var templateErrorPrefix = regexp.MustCompile(`^template: [^ ]*?:(\d+):(?:\d+:)? `)

// lineOffset returns the offset of a line, whose number counts from 1.
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
