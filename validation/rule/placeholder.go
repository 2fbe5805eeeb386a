package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/placeholder"
	"github.com/promgate/promgate/validation"
)

var placeholderLeft = validation.Check[*ruleGroup]{
	ID: "placeholder", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A placeholder that nothing fills in",
		Text: `Prometheus reads the text as it is. A matcher such as ` + "`namespace=\"${NAMESPACE}\"`, `job=\"$job\"` or\n`cluster=\"{{ .Values.cluster }}\"`" + ` finds nothing, a label of a rule shows the placeholder to whoever gets the alert, and a template in the name of
an alert or of a group is not expanded: only the labels and annotations of alerts are templates.

The check looks at matchers, at texts in the expression, at labels of rules and at names, for what no real value looks like: ` + "`${NAME}`, `{{ .Name }}`, `%(name)s`" + `
anywhere, and ` + "`$name`, `[[name]]`, `<your-name>`, `CHANGEME`" + ` as the whole value. Where Flux or another tool fills in ` + "`${NAME}`" + `, lint what it prints (` + "`flux build`" + `).`,
		Since: "v0.1.0",
	},
	Run: func(g *ruleGroup, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		if name, ok := placeholder.Find(g.Name); ok {
			found = append(found, g.place("name").Finding(
				"the name of a group is not expanded: it stays "+name, "write a fixed name", validation.Key(name)))
		}
		for _, r := range g.rules {
			found = append(found, placeholdersIn(r)...)
		}
		return found
	},
}

func placeholdersIn(r *groupRule) []validation.Finding {
	var found []validation.Finding
	if name, ok := placeholder.Find(r.Alert); ok {
		found = append(found, r.place("alert").Finding(
			"the name of an alert is not expanded: it stays "+name,
			"write a fixed name, and put the template into an annotation", validation.Key(name)))
	}
	found = append(found, placeholdersInLabels(r)...)
	found = append(found, placeholdersInMatchers(r)...)
	return append(found, placeholdersInTexts(r)...)
}

func placeholdersInLabels(r *groupRule) []validation.Finding {
	var found []validation.Finding
	for name, value := range r.Labels {
		if strings.Contains(value, "{{") {
			continue // a template, or the check template-in-record
		}
		if left, ok := placeholder.Find(value); ok {
			found = append(found, r.place("labels").AtKey(name).Finding(
				fmt.Sprintf("nothing fills in %s: the label shows it as it is", left), "write the value itself", validation.Key(name, left)))
		}
	}
	slices.SortFunc(found, func(a, b validation.Finding) int { return strings.Compare(a.Key, b.Key) })
	return found
}

func placeholdersInMatchers(r *groupRule) []validation.Finding {
	if r.labels == nil {
		return nil
	}
	var found []validation.Finding
	for _, selector := range r.labels.selectors {
		for _, m := range selector.LabelMatchers {
			left, ok := placeholder.Find(m.Value)
			if !ok || isPattern(m) && !strings.Contains(m.Value, "${") && !strings.Contains(m.Value, "{{") && !strings.HasPrefix(m.Value, "$") {
				continue
			}
			problem := fmt.Sprintf("nothing fills in %s: the matcher %s takes it as it is", left, m)
			fix := "write the value itself"
			if ownTemplate.MatchString(left) {
				fix = "templates belong into labels and annotations; write the value itself"
			}
			f := r.place("expr").Finding(problem, fix, validation.Key(m.String(), selector.String()))
			f.Excerpt = excerptOfValue(r, selector, m.Value)
			found = append(found, f)
		}
	}
	return found
}

// placeholdersInTexts looks at the texts of an expression, such as those that label_replace writes. There ${name} may be a
// group of the pattern.
func placeholdersInTexts(r *groupRule) []validation.Finding {
	if r.labels == nil {
		return nil
	}
	var found []validation.Finding
	for _, text := range r.labels.texts {
		left, ok := placeholder.Find(text.Val)
		if !ok || strings.HasPrefix(left, "$") && strings.Contains(r.Expr.String(), "(?") {
			continue
		}
		f := r.place("expr").Finding(fmt.Sprintf("nothing fills in %s: the expression takes it as it is", left), "write the value itself", validation.Key(text.Val))
		f.Excerpt = r.excerpt(text)
		found = append(found, f)
	}
	return found
}

func isPattern(m *labels.Matcher) bool {
	return m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp
}

// excerptOfValue marks a value in a selector, or the selector if the value is written in another way.
func excerptOfValue(r *groupRule, selector *parser.VectorSelector, value string) *validation.Excerpt {
	expr, at := r.Expr.String(), selector.PositionRange()
	if int(at.End) <= len(expr) {
		if i := strings.Index(expr[at.Start:at.End], strconv.Quote(value)); i >= 0 {
			start := int(at.Start) + i + 1
			return r.place("expr").Excerpt(expr, start, start+len(value))
		}
	}
	return r.excerpt(selector)
}
