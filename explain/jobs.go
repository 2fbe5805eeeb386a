package explain

import (
	"fmt"
	"net/url"
	"slices"
)

// A target is what Prometheus says of a target (web/api/v1, v0.316.0).
type target struct {
	ScrapePool string `json:"scrapePool"`
	ScrapeURL  string `json:"scrapeUrl"`
	Health     string `json:"health"` // up, down or unknown
	LastError  string `json:"lastError"`
}

// pool is what the servers of an instance say of a job.
type pool struct {
	known    bool // at least one server has the job
	certain  bool // all servers would say if they had the job
	active   []target
	dropped  int
	notAsked string // why a server did not answer
}

// poolOf asks all servers for a job.
func (e *explainer) poolOf(job string, servers []Server) pool {
	p := pool{certain: true}
	for _, server := range servers {
		var found struct {
			ActiveTargets       []target       `json:"activeTargets"`
			DroppedTargets      []target       `json:"droppedTargets"`
			DroppedTargetCounts map[string]int `json:"droppedTargetCounts"`
		}
		if err := e.get(server, "/api/v1/targets", url.Values{"scrapePool": {job}}, &found); err != nil {
			p.notAsked = e.unreachable(server, err)
			continue
		}
		elsewhere := func(t target) bool { return t.ScrapePool != "" && t.ScrapePool != job } // older versions return all
		p.active = append(p.active, slices.DeleteFunc(found.ActiveTargets, elsewhere)...)
		dropped, counted := found.DroppedTargetCounts[job]
		if !counted {
			dropped = len(slices.DeleteFunc(found.DroppedTargets, elsewhere))
		}
		p.dropped += dropped
		p.known = p.known || counted
		p.certain = p.certain && found.DroppedTargetCounts != nil
	}
	p.known = p.known || len(p.active)+p.dropped > 0
	return p
}

// explainJob is about the targets of a job.
func (e *explainer) explainJob(i *instance, job string, servers []Server) {
	p := e.poolOf(job, servers)
	if p.notAsked != "" && len(p.active) == 0 {
		e.unknown("targets", fmt.Sprintf("What becomes of the job %s is not known: %s.", job, p.notAsked))
		return
	}
	oneOfSeveral := e.OnlyServer != "" && len(serversOf(i)) > 1
	switch {
	case len(p.active) > 0:
		e.loadedAnyway(i)
		e.explainHealth(job, p)
	case oneOfSeveral:
		e.unknown("targets", fmt.Sprintf("The job %s has no targets in this server. It is one of %d shards: the targets may be in another.", job, len(serversOf(i))))
	case !p.known && p.certain:
		i.missing = true
		e.no("targets", fmt.Sprintf("It does not know the job %s.", job), problem{
			stageLoaded, i.Ref.String() + " has not loaded the job " + job,
			"wait a minute for the operator and the config-reloader, then see the logs of both",
		})
	case p.dropped > 0:
		e.no("targets", fmt.Sprintf("The job %s has no targets: relabeling drops all %d that it found.", job, p.dropped), problem{
			stageDiscovered, fmt.Sprintf("all %d targets that %s found for the job %s are dropped", p.dropped, i.Ref, job),
			"compare their labels, which Prometheus shows at /service-discovery, with the selector, the port and the relabelings",
		})
	default:
		e.no("targets", fmt.Sprintf("The job %s has no targets: nothing was found.", job), problem{
			stageDiscovered, i.Ref.String() + " found no targets for the job " + job,
			"see whether the objects exist that it selects, and whether the service account of Prometheus may list them",
		})
	}
}

// maxErrors is how many targets are named that are down.
const maxErrors = 3

// explainHealth is about the targets of a job that has some.
func (e *explainer) explainHealth(job string, p pool) {
	counts := map[string]int{}
	var failures []string
	down := ""
	for _, t := range p.active {
		counts[t.Health]++
		if t.LastError == "" {
			continue
		}
		if down == "" {
			down = t.ScrapeURL + ": " + t.LastError
		}
		if len(failures) < maxErrors {
			failures = append(failures, t.ScrapeURL+": "+t.LastError)
		}
	}
	words := fmt.Sprintf("%s up, %d down", plural(counts["up"], "target is", "targets are"), counts["down"])
	if n := counts["unknown"]; n > 0 {
		words += fmt.Sprintf(", %d not scraped yet", n)
	}
	if p.notAsked != "" {
		failures = append(failures, "not all servers answered: "+p.notAsked)
	}
	text := fmt.Sprintf("The job %s: %s; relabeling dropped %d.", job, words, p.dropped)
	if counts["down"] == 0 {
		e.yes("targets", text, failures...)
		e.up += counts["up"]
		e.seen = plural(e.up, "target is", "targets are") + " up"
		return
	}
	e.no("targets", text, problem{
		stageScraped, fmt.Sprintf("%d of %s cannot be scraped, such as %s", counts["down"], plural(len(p.active), "target", "targets"), down),
		"see whether port, path, scheme and credentials are those of the target",
	}, failures...)
}
