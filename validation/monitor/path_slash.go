package monitor

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/validation"
)

var pathSlash = validation.Check[Scrape]{
	ID: "path-slash", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A metrics path does not begin with a slash",
		Text: `Prometheus adds the missing slash when it scrapes the target, but not in the label
` + "`__metrics_path__`" + `: relabelings see another path than the target. A whole URL is not a path:
Prometheus uses all of it as a path.

Write the path with a leading slash.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, _ validation.Snapshot) []validation.Finding {
		path := s.MetricsPath.Value
		if path == "" || strings.HasPrefix(path, "/") {
			return nil
		}
		problem, fix := fmt.Sprintf("%q does not begin with a slash", path), "write /"+path
		if scheme, rest, isURL := strings.Cut(path, "://"); isURL && (scheme == "http" || scheme == "https") {
			_, after, _ := strings.Cut(rest, "/")
			problem = fmt.Sprintf("%q is a URL, but this field takes a path", path)
			fix = fmt.Sprintf("write /%s, and set host and scheme in their own fields", after)
		}
		return []validation.Finding{s.MetricsPath.Finding(problem, fix, path)}
	},
}
