package monitor

import "github.com/promgate/promgate/validation"

var noEndpoints = validation.Check[*Object]{
	ID: "no-endpoints", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A monitor has no endpoints",
		Text: `The object selects Services or Pods, but names none of their ports as one to scrape: Prometheus
scrapes nothing for it.

Add an endpoint with the port that serves the metrics.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, _ validation.Snapshot) []validation.Finding {
		if o.Endpoints == nil || len(o.Scrapes) > 0 {
			return nil
		}
		return []validation.Finding{o.Endpoints.Finding("there is no endpoint, so nothing is scraped",
			"add an entry with the port that serves the metrics", "")}
	},
}
