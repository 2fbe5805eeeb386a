package rule

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	texttemplate "text/template"
	"text/template/parse"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"

	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/validation"
)

var templateData = validation.Check[*groupRule]{
	ID: "template-data", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A template fails, or prints its own source, when the alert fires",
		Text: `Prometheus loads a template that it can parse. Whether the template fits the data shows when the alert fires: then the text
becomes ` + "`<error expanding template: ...>`" + `. promgate runs the template as Prometheus does, over a series with the labels that
the template asks for, and warns of what fails with any data:

- A field that is not there: ` + "`{{ .instance }}`" + ` for ` + "`{{ $labels.instance }}`, `{{ .Values.x }}`" + ` of a chart that nobody rendered.
- A type that does not fit: ` + "`{{ if gt $value 5 }}`" + ` compares a float with an integer; write ` + "`5.0`" + `.
- Braces that are printed: ` + "`{{\\`{{ $value }}\\`}}`" + ` is an escape for Helm. In an object that Helm does not render it prints ` + "`{{ $value }}`" + `.
- A verb of printf that does not fit: ` + "`{{ printf \"%d\" $value }}` prints `%!d(float64=1)`; write `%.0f`" + `.
- A variable outside of braces, which is printed as it is: ` + "`on host $labels.node`" + ` for ` + "`on host {{ $labels.node }}`" + `.

What fails only with some data, such as ` + "`first`" + ` of an empty query, is not reported.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, t := range r.templates {
			problem, fix := "", ""
			if len(t.trees) > 0 && !isPlain(t.trees[0]) && isSafeToRun(t) {
				problem, fix = runProblem(t, r.Alert)
			}
			if name := outsideOfBraces(t); problem == "" && name != "" {
				problem, fix = "the template prints "+name+" as it is: the variable stands outside of braces", "write {{ "+name+" }}"
			}
			if problem != "" {
				found = append(found, t.place().Finding(problem, fix, validation.Key(t.name, problem)))
			}
		}
		return found
	},
}

// runProblem says what is wrong with what a template prints, if anything.
func runProblem(t templatedText, alert string) (problem, fix string) {
	text, err := expand(t, alert)
	switch {
	case err != nil:
		return dataProblem(err)
	case badVerb.MatchString(text):
		return "printf prints " + badVerb.FindString(text) + " in the text",
			"the value is a float (%.0f, %g), a label a text (%s); each verb needs an argument"
	case strings.Contains(text, "{{"):
		return "the template prints braces as they are: " + shortened(text),
			"an escape for Helm belongs into a chart; here write {{ $labels.x }} or {{ $value }}"
	}
	return "", ""
}

// bareLabel matches a label of the alert in a text. A $value alone may be an amount, or part of a link.
var bareLabel = regexp.MustCompile(`\$labels\.[a-zA-Z_][a-zA-Z0-9_]*`)

// hasBareLabel reports whether a text without braces names a label of the alert.
func hasBareLabel(text string) bool {
	return strings.Contains(text, "$labels.") && bareLabel.MatchString(text)
}

// outsideOfBraces returns the first label that a template names in its text, outside of braces.
func outsideOfBraces(t templatedText) string {
	switch {
	case t.err != nil:
		return "" // another check says what is wrong
	case len(t.trees) == 0 && strings.Contains(t.text, "{{"):
		return "" // usual: its texts name no label
	case len(t.trees) == 0:
		return bareLabel.FindString(t.text)
	}
	name := ""
	templatetree.Walk(t.trees, func(n templatetree.Node) {
		if text, ok := n.Node.(*parse.TextNode); ok && name == "" {
			name = bareLabel.FindString(string(text.Text))
		}
	})
	return name
}

// plainFunctions are functions that take any value: the value of an alert is a float.
var plainFunctions = []string{
	"print", "printf", "println", "humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp", "toTime",
	"title", "toUpper", "toLower",
}

// isPlain reports whether a template only prints labels and the value, as nearly all do, so that it cannot
// fail whatever the data. It saves running those.
func isPlain(tree *parse.Tree) bool {
	for _, n := range tree.Root.Nodes {
		action, ok := n.(*parse.ActionNode)
		if !ok {
			if _, isText := n.(*parse.TextNode); isText {
				continue
			}
			return false
		}
		for _, command := range action.Pipe.Cmds {
			for _, arg := range command.Args {
				if !isPlainArgument(arg) {
					return false
				}
			}
		}
	}
	return true
}

func isPlainArgument(n parse.Node) bool {
	switch p := n.(type) {
	case *parse.VariableNode:
		return p.Ident[0] == "$labels" && len(p.Ident) <= 2 || p.Ident[0] == "$value" && len(p.Ident) == 1
	case *parse.FieldNode:
		return p.Ident[0] == "Labels" && len(p.Ident) == 2 || p.Ident[0] == "Value" && len(p.Ident) == 1 || isPrelude(p)
	case *parse.StringNode:
		return !strings.Contains(p.Text, "{{") && !suspectVerb.MatchString(p.Text)
	case *parse.IdentifierNode:
		return slices.Contains(plainFunctions, p.Ident)
	}
	return false
}

// isPrelude reports whether a field is read by the declarations that come before each template.
func isPrelude(n *parse.FieldNode) bool {
	return len(n.Ident) == 1 && slices.Contains([]string{"Labels", "ExternalLabels", "ExternalURL", "Value"}, n.Ident[0])
}

// badVerb matches what fmt prints for a verb that does not fit its argument, or has none. suspectVerb matches the verbs that fit
// neither a float nor a text.
var (
	badVerb     = regexp.MustCompile(`%![a-zA-Z]?\([^)]*\)`)
	suspectVerb = regexp.MustCompile(`%[-+# 0-9.]*[dtcoOUbp]`)
)

// maxExpanded is the length of a template that is run.
const maxExpanded = 8192

// wideVerb matches a width or precision of printf that makes the output long.
var wideVerb = regexp.MustCompile(`%[^a-zA-Z]*(\d{4,}|\*)`)

// boundedFunctions are functions whose result is not longer than their arguments, up to a constant.
var boundedFunctions = []string{
	"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "index", "len", "slice", "query", "first", "value", "label", "strvalue",
	"sortByLabel", "stripPort", "stripDomain", "parseDuration", "now", "externalURL", "pathPrefix", "tableLink", "graphLink", "safeHtml",
}

// isSafeToRun reports whether a template certainly ends soon, with a short text: it has no loop, calls no other
// template, pads nothing, and does not join texts that it joined before.
func isSafeToRun(t templatedText) bool {
	if len(t.text) > maxExpanded || len(t.trees) != 1 || wideVerb.MatchString(t.text) {
		return false
	}
	safe, joins, keeps := true, false, false
	templatetree.Walk(t.trees, func(n templatetree.Node) {
		switch p := n.Node.(type) {
		case *parse.RangeNode, *parse.TemplateNode:
			safe = false
		case *parse.WithNode:
			keeps = true
		case *parse.ActionNode:
			keeps = keeps || declares(p.Pipe)
		case *parse.IfNode:
			keeps = keeps || declares(p.Pipe)
		case *parse.IdentifierNode:
			joins = joins || strings.HasPrefix(p.Ident, "print")
			safe = safe && (slices.Contains(plainFunctions, p.Ident) || slices.Contains(boundedFunctions, p.Ident))
		}
	})
	return safe && (!joins || !keeps)
}

// declares reports whether a pipeline sets a variable that Prometheus does not declare.
func declares(pipe *parse.PipeNode) bool {
	return slices.ContainsFunc(pipe.Decl, func(v *parse.VariableNode) bool {
		return !slices.Contains([]string{"$labels", "$externalLabels", "$externalURL", "$value"}, v.Ident[0])
	})
}

// expand runs a template as Prometheus does when an alert fires (rules/alerting.go, 3.16). Each query returns
// one series.
func expand(t templatedText, alert string) (string, error) {
	series := map[string]string{}
	for _, name := range t.usage.labels {
		series[name] = "0"
	}
	data := template.AlertTemplateData(series, map[string]string{}, "http://localhost", promql.Sample{F: 1})
	query := func(context.Context, string, time.Time) (promql.Vector, error) { return promql.Vector{{F: 1}}, nil }
	text, err := template.NewTemplateExpander(context.Background(), templatePrelude+t.text, "__alert_"+alert, data,
		model.Time(0), query, &url.URL{Scheme: "http", Host: "localhost"}, nil).Expand()
	if err != nil {
		return "", fmt.Errorf("running the template: %w", err)
	}
	return text, nil
}

// missingField matches what text/template says of a field that the data has not (Go 1.26).
var missingField = regexp.MustCompile(`<([^>]*)>: can't evaluate field (\S+) in type`)

// typeErrors are what text/template says of values whose type does not fit, whatever the value is (Go 1.26).
var typeErrors = []string{
	"incompatible types for comparison", "invalid type for comparison", "can't give argument to non-function", "wrong type for value",
	"wrong number of args", "can't index item of type", "is not a method but has arguments",
}

// dataProblem returns what is wrong with a template that fails with any data, or nothing.
func dataProblem(err error) (problem, fix string) {
	text := err.Error()
	if exec, ok := errors.AsType[texttemplate.ExecError](err); ok {
		text = exec.Error()
	}
	if m := missingField.FindStringSubmatch(text); m != nil {
		problem = "the template fails when the alert fires: there is no " + m[1]
		if strings.HasPrefix(m[1], ".Values") || strings.HasPrefix(m[1], ".Release") || strings.HasPrefix(m[1], ".Chart") {
			return problem, "render the chart with helm template"
		}
		if path, ok := strings.CutPrefix(strings.Replace(m[1], ".Labels", "$labels", 1), "$labels."); ok {
			return problem + ": a label is a text and has no fields", fmt.Sprintf("write {{ index $labels %q }}", path)
		}
		return problem, fmt.Sprintf("write $labels.%s for a label, $value for the value", m[2])
	}
	for _, e := range typeErrors {
		if strings.Contains(text, e) {
			_, said, _ := strings.Cut(text, "executing ")
			_, said, _ = strings.Cut(said, " at ")
			return "the template fails when the alert fires: at " + shortened(said), "compare the value with a float, such as 5.0; labels are texts"
		}
	}
	return "", ""
}

// shortened returns the beginning of a long text.
func shortened(text string) string {
	const enough = 120
	if len(text) <= enough {
		return text
	}
	return strings.ToValidUTF8(text[:enough], "") + "..."
}
