package rule

import (
	"errors"
	"text/template/parse"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/internal/templatetree"
	"github.com/promgate/promgate/validation"
)

var templateQuery = validation.Check[*groupRule]{
	ID: "template-query", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A query inside a template is not valid PromQL",
		Text: `A template may run a query: ` + "`{{ query \"up\" | first | value }}`" + `. Prometheus reads that PromQL only when
the alert fires; a mistake then replaces the whole text by an error message.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if len(r.templates) == 0 {
			return nil
		}
		var found []validation.Finding
		for _, t := range r.templates {
			for _, query := range constantQueries(t.trees) {
				if exprcost.Of(query).Time() > maxQueryTime {
					continue
				}
				expr, err := parser.NewParser(s.PromQL).ParseExpr(query) // queries are rare, and the parser copies all functions
				if err == nil && s.Prometheus.Known() {
					found = append(found, otherVersion(t, query, expr, s.Prometheus)...)
					continue
				}
				var all parser.ParseErrors
				if !errors.As(err, &all) || len(all) == 0 {
					continue
				}
				problem := all[0].Err.Error()
				fix := exprFix(problem, s.Prometheus)
				if fix == "" {
					fix = "mend it: it runs only when the alert fires"
				}
				f := t.place().Finding("a query in the template is not valid PromQL: "+problem, fix, validation.Key(t.name, query))
				f.Excerpt = excerptOf(query, all[0])
				found = append(found, f)
			}
		}
		return found
	},
}

// otherVersion returns what the Prometheus refuses of a query that another one accepts.
func otherVersion(t templatedText, query string, expr parser.Expr, p validation.Prometheus) []validation.Finding {
	var found []validation.Finding
	for _, u := range refusedBy(p, dialect.Uses(query, expr)) {
		f := t.place().Finding("a query in the template is not valid PromQL: "+versionProblem(u, p), versionFix(u, p), validation.Key(t.name, u.Name, query))
		f.Excerpt = &validation.Excerpt{Text: query, Start: u.Start, End: u.End}
		found = append(found, f)
	}
	return found
}

// The bounds on what is parsed of a template's queries: this check only warns.
const (
	maxQueryLength = 4 << 10               // in bytes
	maxQueries     = 10                    // in one text
	maxQueryTime   = 20 * time.Millisecond // of the parser, for one query
)

// constantQueries returns the constant strings that templates pass to the function query.
func constantQueries(trees []*parse.Tree) []string {
	var all []string
	templatetree.Walk(trees, func(n templatetree.Node) {
		command, ok := n.Node.(*parse.CommandNode)
		if !ok || len(command.Args) != 2 {
			return
		}
		function, ok := command.Args[0].(*parse.IdentifierNode)
		if !ok || function.Ident != "query" {
			return
		}
		if text, ok := command.Args[1].(*parse.StringNode); ok && len(text.Text) <= maxQueryLength && len(all) < maxQueries {
			all = append(all, text.Text)
		}
	})
	return all
}
