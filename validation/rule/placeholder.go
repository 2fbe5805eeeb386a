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

// placeholdersLeft finds placeholders in the names of groups and alerts, in labels, in matchers and in texts of expressions.
func placeholdersLeft(f *ruleFile, _ validation.Snapshot) []validation.Finding {
	var found []validation.Finding
	for _, g := range f.groups {
		if name, ok := placeholder.Find(g.Name); ok {
			found = append(found, g.place("name").Finding(
				"the name of a group is not expanded: it stays "+name, "write a fixed name", validation.Key(name)))
		}
		for _, r := range g.rules {
			found = append(found, placeholdersIn(r)...)
		}
	}
	return found
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
			find := placeholder.Find
			if isPattern(m) {
				find = placeholder.FindInPattern
			}
			left, ok := find(m.Value)
			if !ok {
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
