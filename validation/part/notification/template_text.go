package notification

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// TemplateText warns about a text of a receiver with which a notification fails.
var TemplateText = validation.Check[*Config]{
	ID: "template-text", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A notification fails at a template",
		Text: `The texts of a receiver are Go templates. Alertmanager reads them when it sends a notification, and not before: it loads a
broken one, and fails each time that an alert gets to the receiver. Nobody is told of the alert then, and only Alertmanager's
log says why. promgate reads them with Alertmanager's functions (v0.35.0), and warns of

- what cannot be parsed: a brace or ` + "`end`" + ` is missing, a function does not exist;
- a template that is not defined, in Alertmanager or in its template files, where all of these are known;
- a field that the data does not have: ` + "`{{ .Labels.job }}`" + ` for ` + "`{{ .CommonLabels.job }}`, `{{ .CommonLabels }}`" + ` inside of
  ` + "`{{ range .Alerts }}`" + ` for ` + "`{{ $.CommonLabels }}`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(c *Config, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		names := definedIn(c.Templates)
		for _, r := range c.Receivers {
			for _, i := range r.Integrations {
				for _, t := range i.texts() {
					if problem, fix := textProblem(t.Value, names); problem != "" {
						found = append(found, t.Finding(problem, fix, t.Value))
					}
				}
			}
		}
		return found
	},
}

// textProblem says with what a notification fails, or returns "". names are the templates that are defined, or nil if there may be
// others.
func textProblem(text string, names map[string]bool) (problem, fix string) {
	trees, err := parseText("", text)
	switch {
	case err != nil:
		return "each notification fails: the template cannot be parsed: " + parseProblem(err), fixOf(err)
	case len(trees) == 0:
		return "", ""
	}
	if field := missingField(trees[0]); field != "" {
		return fmt.Sprintf("notifications fail at %s, which is not there", field), fieldFix(field)
	}
	if names == nil {
		return "", ""
	}
	if name := undefined(trees, names); name != "" {
		return fmt.Sprintf("notifications fail: there is no template %q", name), "define it in a template file of the Alertmanager"
	}
	return "", ""
}

func fixOf(err error) string {
	if strings.Contains(err.Error(), "function ") && strings.Contains(err.Error(), "not defined") {
		return "use one of Alertmanager's functions; those of Prometheus and of Helm are others"
	}
	return "close each {{ and each if, range and with"
}

func fieldFix(field string) string {
	switch {
	case strings.HasPrefix(field, ".Values"), strings.HasPrefix(field, ".Release"), strings.HasPrefix(field, ".Chart"):
		return "render the chart with helm template"
	case strings.HasPrefix(field, ".Labels"):
		return "write .CommonLabels, or .Labels inside of {{ range .Alerts }}"
	case strings.HasPrefix(field, ".Annotations"):
		return "write .CommonAnnotations, or .Annotations inside of {{ range .Alerts }}"
	}
	return "a notification has .Status, .Alerts, .GroupLabels, .CommonLabels and .CommonAnnotations; inside of a range, $ leads back to them"
}

// texts returns the texts of an integration that are templates.
func (i Integration) texts() []validation.Text {
	var all []validation.Text
	for _, name := range sortedKeys(i.Fields) {
		if isTemplate(i.Kind, name) {
			collect(i.At(name), i.Fields[name], &all)
		}
	}
	return all
}

// collect returns the texts in a value that have an action.
func collect(p validation.Place, value any, all *[]validation.Text) {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "{{") {
			*all = append(*all, validation.Text{Place: p, Value: v})
		}
	case []any:
		for i, entry := range v {
			collect(p.Index(i), entry, all)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			collect(validation.Place{Path: p.Path.Join(fieldpath.New(key)), Subject: p.Subject, Key: p.Key}, v[key], all)
		}
	}
}
