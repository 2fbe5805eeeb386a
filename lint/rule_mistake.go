package lint

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation"
)

// A mistake is what Prometheus' rule loader says of a rule file, and the place that it is about. The
// loader itself names a line, or the group and the number of a rule, or nothing.
type mistake struct {
	validation.Place

	// path is that of the field, and isKey reports that the mistake is about its name.
	path  fieldpath.Path
	isKey bool

	// problem is what the loader says, without a position.
	problem string

	// excerpt is the place in an expression, or nil.
	excerpt *validation.Excerpt

	// span is a place that no path leads to, or nil.
	span *source.Span
}

func (m mistake) finding() validation.Finding {
	m.Path = m.path
	f := m.Finding(m.problem, "", m.problem)
	f.IsKey, f.Excerpt = m.isKey, m.excerpt
	return f
}

// mistakes returns where the mistakes are that the loader found. It has groups if it was able to decode the
// file.
func (o *object) mistakes(groups *rulefmt.RuleGroups, errs []error) []mistake {
	var found []mistake
	if groups == nil {
		found = o.undecodable()
	} else {
		found = append(groupMistakes(groups.Groups, errs), ruleMistakes(groups.Groups, ruleParser())...)
	}
	for i := range found {
		o.refine(&found[i])
	}
	if len(found) == 0 { // what the loader refuses has a place, as far as is known
		found = append(found, mistake{path: groupsPath, problem: withoutPosition(errs[0].Error())})
	}
	return found
}

// refine takes the place within a text from a check that has found the same: of an expression the loader
// knows where it noticed the mistake, and of a template only the line.
func (o *object) refine(m *mistake) {
	for _, other := range o.findings {
		isText := other.finding.Check == "expr-syntax" || other.finding.Check == "template-syntax"
		if e := other.finding.Excerpt; isText && e != nil && e.Field.Equal(m.path) {
			m.excerpt = e
			return
		}
	}
}

// loaderPosition is a position in front of a message of the loader, or of the YAML library.
var loaderPosition = regexp.MustCompile(`^(yaml: |unmarshal errors:\s+|line \d+: |\d+:\d+: )+`)

func withoutPosition(message string) string { return loaderPosition.ReplaceAllString(message, "") }

// groupMistakes places the errors on groups, which come in the order of the groups.
func groupMistakes(groups []rulefmt.RuleGroup, errs []error) []mistake {
	var found []mistake
	said := map[string]bool{}
	first := 0
	for _, err := range errs {
		if _, isRule := errors.AsType[*rulefmt.Error](err); isRule {
			continue
		}
		problem := withoutPosition(err.Error())
		for i := first; i < len(groups); i++ {
			m, ok := groupMistake(groups, i, problem)
			id := strconv.Itoa(i) + problem
			if !ok || said[id] {
				continue
			}
			said[id], first = true, i
			m.problem = problem
			found = append(found, m)
			break
		}
	}
	return found
}

// groupMistake returns the place of an error on groups, if it can be about the group of that index.
func groupMistake(groups []rulefmt.RuleGroup, i int, problem string) (mistake, bool) {
	g := groups[i]
	path := groupsPath.Index(i)
	m := mistake{Place: validation.Place{Subject: validation.Subject{fmt.Sprintf("group %q", g.Name)}}, path: path.Field("name")}
	isRepeated := slices.ContainsFunc(groups[:i], func(other rulefmt.RuleGroup) bool { return other.Name == g.Name })
	switch {
	case problem == "Groupname must not be empty":
		return m, g.Name == ""
	case problem == fmt.Sprintf(`groupname: "%s" is repeated in the same file`, g.Name):
		return m, isRepeated
	}
	var ok bool
	m.path, m.isKey, ok = labelMistake(path.Field("labels"), g.Labels, problem)
	return m, ok
}

// labelMistake returns the place of an error on labels, if they have the label.
func labelMistake(path fieldpath.Path, labels map[string]string, problem string) (at fieldpath.Path, isKey, ok bool) {
	if name, isName := strings.CutPrefix(problem, "invalid label name: "); isName {
		_, ok = labels[name]
		return path.Key(name), true, ok
	}
	value, isValue := strings.CutPrefix(problem, "invalid label value: ")
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if isValue && labels[name] == value {
			return path.Key(name), false, true
		}
	}
	return path, false, false
}

// ruleMistakes validates each rule as the loader does. What the loader itself returns names a rule by the
// name of its group, which another group may have too.
func ruleMistakes(groups []rulefmt.RuleGroup, p parser.Parser) []mistake {
	var found []mistake
	for i, g := range groups {
		for j, r := range g.Rules {
			at := validation.Place{Subject: validation.Subject{fmt.Sprintf("group %q", g.Name), subjectOf(r)}}
			for _, err := range r.Validate(rulefmt.RuleNode{}, model.UTF8Validation, p) {
				m := ruleMistake(groupsPath.Index(i).Field("rules").Index(j), r, err.Unwrap())
				m.Place = at
				found = append(found, m)
			}
		}
	}
	return found
}

func subjectOf(r rulefmt.Rule) string {
	if r.Alert != "" {
		return fmt.Sprintf("alert %q", r.Alert)
	}
	return fmt.Sprintf("record %q", r.Record)
}

// fieldMessages are the messages of the loader about one field of a rule, by how they begin. About a
// missing field it is the rule that has the place.
var fieldMessages = []struct {
	message, field string
	isKey          bool
}{
	{message: "only one of 'record' and 'alert' must be set", field: "record"},
	{message: "field 'expr' must be set", field: "expr"},
	{message: "invalid field 'annotations'", field: "annotations", isKey: true},
	{message: "invalid field 'for'", field: "for", isKey: true},
	{message: "invalid field 'keep_firing_for'", field: "keep_firing_for", isKey: true},
	{message: "invalid recording rule name", field: "record"},
	{message: "braces present in the recording rule name", field: "record"},
}

// ruleMistake returns the place of an error on a rule.
func ruleMistake(path fieldpath.Path, r rulefmt.Rule, err error) mistake {
	m := mistake{path: path, problem: withoutPosition(err.Error())}
	if parsed, ok := errors.AsType[parser.ParseErrors](err); ok && len(parsed) > 0 {
		m.path, m.problem = path.Field("expr"), "could not parse expression: "+parsed[0].Err.Error()
		at := parsed[0].PositionRange
		m.excerpt = &validation.Excerpt{Text: r.Expr, Start: int(at.Start), End: int(at.End), Field: m.path}
		return m
	}
	for _, known := range fieldMessages {
		if strings.HasPrefix(m.problem, known.message) {
			m.path, m.isKey = path.Field(known.field), known.isKey
			return m
		}
	}
	for _, template := range []string{"label", "annotation"} {
		if quoted, isTemplate := strings.CutPrefix(m.problem, template+" "); isTemplate {
			prefix, _ := strconv.QuotedPrefix(quoted)
			name, _ := strconv.Unquote(prefix)
			m.path = path.Field(template + "s").Key(name)
			return m
		}
	}
	if name, isName := strings.CutPrefix(m.problem, "invalid annotation name: "); isName {
		m.path, m.isKey = path.Field("annotations").Key(name), true
	} else if at, isKey, ok := labelMistake(path.Field("labels"), r.Labels, m.problem); ok {
		m.path, m.isKey = at, isKey
	}
	return m
}
