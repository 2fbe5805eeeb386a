package monitor

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/promgate/promgate/validation"
)

var pathQuery = validation.Check[Scrape]{
	ID: "path-query", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A metrics path holds parameters",
		Text: `The whole text is a path: Prometheus writes ` + "`?`" + ` as ` + "`%3F`" + ` and ` + "`#`" + ` as ` + "`%23`" + `, and asks the
target for a page that hardly ever exists.

Parameters belong in ` + "`params`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, _ validation.Snapshot) []validation.Finding {
		path := s.MetricsPath.Value
		i := strings.IndexAny(path, "?#")
		if i < 0 {
			return nil
		}
		// The path of a target's URL is escaped so (Prometheus v0.316 scrape/target.go, URL).
		asked := (&url.URL{Path: path[i : i+1]}).EscapedPath()
		fix := "write the parameters into params"
		if query, err := url.ParseQuery(path[i+1:]); path[i] == '#' || err != nil || len(query) == 0 {
			fix = fmt.Sprintf("remove %c and what follows", path[i])
		}
		return []validation.Finding{s.MetricsPath.Finding(
			fmt.Sprintf("%q is a path, in which Prometheus writes %s for %c", path, asked, path[i]), fix, path)}
	},
}
