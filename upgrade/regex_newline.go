package upgrade

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

// regexNewlineID is the id of the check whose findings [Merge] sums up.
const regexNewlineID = "regex-newline"

var regexNewlineDoc = validation.Doc{
	Title: "A dot in a regular expression matches line breaks", Since: since,
	Text: `From Prometheus 3.0 on ` + "`.`" + ` matches a line break, in matchers, in ` + "`label_replace`" + ` and in relabelings. It matters for
label values that have one, such as those of annotations with several lines: ` + "`.+`" + ` did not match them before, and does now. Few
labels have such values, and nearly every object has such an expression: there is one finding for all objects of a kind, with the places.

Write ` + "`[^\\n]`" + ` instead of the dot where a line break must not match.`,
}

var regexNewline = validation.Check[*ruleSet]{
	ID: regexNewlineID, Severity: validation.Warn, Doc: regexNewlineDoc,
	Run: func(set *ruleSet, _ validation.Snapshot) []validation.Finding {
		if !set.reaches(v3) {
			return nil
		}
		var found []validation.Finding
		for _, r := range set.rules {
			if !strings.Contains(r.Text, ".") {
				continue
			}
			inspect(r.Expr, "", func(n parser.Node, _ string) {
				if hasDottedRegex(n) {
					found = append(found, r.finding(n, newlineProblem, ""))
				}
			})
		}
		return found
	},
}

var regexNewlineRelabeling = validation.Check[*relabelings]{
	ID: regexNewlineID, Severity: validation.Warn, Doc: regexNewlineDoc,
	Run: func(all *relabelings, _ validation.Snapshot) []validation.Finding {
		if !all.reaches(v3) {
			return nil
		}
		var found []validation.Finding
		for _, r := range slices.Concat(all.ofTargets, all.ofSamples) {
			if matchesNewline(r.Regex) {
				found = append(found, r.At("regex").Finding(newlineProblem, "", r.Regex))
			}
		}
		return found
	},
}

const newlineProblem = "a dot matches line breaks from Prometheus 3.0 on"

// hasDottedRegex reports whether a node itself has a regular expression with a dot.
func hasDottedRegex(n parser.Node) bool {
	switch n := n.(type) {
	case *parser.VectorSelector:
		return slices.ContainsFunc(n.LabelMatchers, func(m *labels.Matcher) bool {
			return (m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp) && matchesNewline(m.Value)
		})
	case *parser.Call:
		if n.Func.Name != "label_replace" || len(n.Args) != 5 {
			return false
		}
		regex, ok := n.Args[4].(*parser.StringLiteral)
		return ok && matchesNewline(regex.Val)
	}
	return false
}

// matchesNewline reports whether a regular expression has a dot that did not match a line break.
func matchesNewline(regex string) bool {
	if !strings.Contains(regex, ".") {
		return false
	}
	re, err := syntax.Parse(regex, syntax.Perl)
	return err == nil && hasDot(re)
}

func hasDot(re *syntax.Regexp) bool {
	return re.Op == syntax.OpAnyCharNotNL || slices.ContainsFunc(re.Sub, hasDot)
}
