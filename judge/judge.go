package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/judge/discovery"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// Check is the id of the judge's findings. The check of that id in validation/monitor has the
// page.
const Check = "configuration"

// specPath leads to the spec of the object that is judged.
var specPath = fieldpath.New("spec")

// A Judge judges objects for one Prometheus. It may be used by several goroutines.
type Judge struct {
	g        *promconfig.Generator
	global   promconfig.Global
	own      yaml.MapSlice // the global section alone
	header   yaml.MapSlice // the same, or as much of it as the loader accepts
	names    model.ValidationScheme
	anyClass bool // a scrape class of any name counts as existing
	limits   Limits
	pod      *strings.Replacer
	proven   *proven

	assets promconfig.Assets // of instances that are judged themselves

	// alertmanager judges AlertmanagerConfigs that no known Alertmanager selects. It is nil for the judge of a Prometheus.
	alertmanager *Alertmanager
}

// New returns the judge for a Prometheus and its rendered sections.
func New(g *promconfig.Generator, global promconfig.Global) *Judge {
	return NewWithin(DefaultLimits(), g, global)
}

// NewWithin is New with other limits than the default ones.
func NewWithin(limits Limits, g *promconfig.Generator, global promconfig.Global) *Judge {
	discovery.Register()
	j := &Judge{g: g, global: global, pod: podVariables(g.Name()), limits: limits, assets: promconfig.Placeholders{}, proven: &proven{known: map[pieceSum]struct{}{}}}
	for _, item := range global.Before {
		if item.Key != "global" {
			continue
		}
		section, _ := item.Value.(yaml.MapSlice)
		j.own = headerOf(section)
	}
	j.header = j.own
	if _, err := j.load(j.own); err != nil {
		// A mistake in the Prometheus is no reason to refuse all objects. Without an interval,
		// timeouts would be compared with the default one.
		j.header = headerOf(yaml.MapSlice{{Key: "scrape_interval", Value: longestInterval}})
	}
	j.names = j.g.Names(configuredNames(j.header))
	return j
}

func headerOf(section yaml.MapSlice) yaml.MapSlice {
	return yaml.MapSlice{{Key: "global", Value: section}}
}

// Global judges the Prometheus itself: what promconfig rejects, then each section, each scrape
// class, and each scrape configuration that the user wrote by hand; and if nothing is wrong with
// them, what it adds to each monitor.
func (j *Judge) Global() []validation.Finding {
	mistakes := j.globalMistakes()
	if len(mistakes) == 0 {
		mistakes = j.sampleMistakes()
	}
	return findings(mistakes)
}

func (j *Judge) globalMistakes() []mistake {
	mistakes := mistakesOf(j.global.Rejections)
	if len(mistakes) > 0 {
		return mistakes
	}
	if j.g.Agent() && !j.g.Has(since.AgentWithoutRemoteWrite) && valueOf(j.global.After, "remote_write") == nil {
		mistakes = append(mistakes, mistaken(specPath.Field("remoteWrite"), fmt.Sprintf("an agent needs at least one before Prometheus %s, and this one is %s", since.AgentWithoutRemoteWrite, j.g.Version())))
	}
	if _, err := j.load(j.own); err != nil {
		section, _ := j.own[0].Value.(yaml.MapSlice)
		search := newSearch(specPath, j.global.Sources, newBudget(), func(m yaml.MapSlice) (int, error) {
			return j.attempt(yaml.MapSlice{{Key: "global", Value: m}})
		})
		return append(mistakes, search.narrow(err, section, fieldpath.New("global"))...)
	}
	for _, item := range append(slices.Clip(j.global.Before), j.global.After...) {
		if item.Key != "global" {
			mistakes = append(mistakes, j.section(item)...)
		}
	}
	mistakes = append(mistakes, j.logFiles()...)
	for _, class := range j.global.Classes {
		mistakes = append(mistakes, j.class(class)...)
	}
	for i, config := range j.global.Additional {
		mistakes = append(mistakes, j.additional(i, config)...)
	}
	if c, err := j.load(j.header, j.global.After); err == nil {
		mistakes = append(mistakes, j.remotes(c)...)
		mistakes = append(mistakes, j.limits.unbearable(c)...)
	}
	return mistakes
}

func (j *Judge) section(item yaml.MapItem) []mistake {
	_, err := j.load(j.header, yaml.MapSlice{item})
	if err == nil {
		return nil
	}
	search := newSearch(specPath, j.global.Sources, newBudget(), func(m yaml.MapSlice) (int, error) {
		return j.attempt(j.header, m)
	})
	return search.narrow(err, yaml.MapSlice{item}, fieldpath.Path{})
}

// class judges a scrape class without the global section. A class that is invalid only because
// of that section is a mistake of the objects that use it.
func (j *Judge) class(class promconfig.Job) []mistake {
	return j.jobs(headerOf(nil), []promconfig.Job{class}, j.global.Files)
}

func (j *Judge) additional(i int, config yaml.MapSlice) []mistake {
	field := specPath.Field("additionalScrapeConfigs").Index(i)
	c, err := j.load(j.header, scrape(promconfig.Job{Fields: config}))
	if err != nil {
		return []mistake{mistaken(field, words(err))}
	}
	return j.limits.clients(c.ScrapeConfigs[0], promconfig.Job{Field: field}, nil)
}

// Part judges what one object renders to, under the global section of its Prometheus.
func (j *Judge) Part(part promconfig.Part) []validation.Finding {
	mistakes := mistakesOf(part.Rejections)
	if len(mistakes) == 0 {
		mistakes = j.jobs(j.header, part.Jobs, part.Files)
	}
	return findings(mistakes)
}

// manyMistakes is how many findings of one object are enough: nobody reads more.
const manyMistakes = 200

// jobs judges jobs under a header of sections: all at once, and if that fails in two halves.
func (j *Judge) jobs(header yaml.MapSlice, jobs []promconfig.Job, files map[string][]byte) []mistake {
	return j.some(header, jobs, files, newBudget())
}

func (j *Judge) some(header yaml.MapSlice, jobs []promconfig.Job, files map[string][]byte, budget *budget) []mistake {
	var mistakes []mistake
	whole := scrape(jobs...)
	var c *config.Config
	err := j.beforeLoading(header, whole)
	if err == nil {
		if found, ok := j.provable(header, jobs, files); ok {
			return found
		}
		c, err = j.loadChecked(header, whole)
	}
	if err == nil && len(c.ScrapeConfigs) == len(jobs) {
		for i, job := range jobs {
			mistakes = append(mistakes, j.limits.clients(c.ScrapeConfigs[i], job, files)...)
		}
		return mistakes
	}
	if len(jobs) == 0 {
		return nil // the header is refused, and not a job
	}
	if len(jobs) == 1 {
		job := jobs[0]
		search := newSearch(job.Field, job.Sources, budget, func(m yaml.MapSlice) (int, error) {
			return j.attempt(header, scrape(promconfig.Job{Fields: m}))
		})
		return search.narrow(err, job.Fields, fieldpath.Path{})
	}
	mistakes = j.some(header, jobs[:len(jobs)/2], files, budget)
	if len(mistakes) >= manyMistakes {
		return mistakes
	}
	return append(mistakes, j.some(header, jobs[len(jobs)/2:], files, budget)...)
}

// Whole judges the parts together: the names of their jobs must be unique. Everything else is
// judged with each part.
func (j *Judge) Whole(parts []promconfig.Part) []validation.Finding {
	seen := map[string]fieldpath.Path{}
	var mistakes []mistake
	claim := func(job string, field fieldpath.Path) {
		if first, ok := seen[job]; ok {
			mistakes = append(mistakes, mistaken(field, fmt.Sprintf("job_name %q is there twice: %s has it too", job, first)))
			return
		}
		seen[job] = field
	}
	for _, part := range parts {
		for _, job := range part.Jobs {
			claim(job.Name, fieldpath.Into(part.Kind+" "+part.Namespace+"/"+part.Name).Join(job.Field))
		}
	}
	for _, job := range j.additionalJobs() {
		claim(job.Name, job.Field)
	}
	return findings(mistakes)
}

// AdditionalJobs returns the fields of the jobs that the user wrote by hand, by the names of
// the jobs.
func (j *Judge) AdditionalJobs() map[string]fieldpath.Path {
	fields := map[string]fieldpath.Path{}
	for _, job := range j.additionalJobs() {
		fields[job.Name] = job.Field
	}
	return fields
}

func (j *Judge) additionalJobs() []promconfig.Job {
	var jobs []promconfig.Job
	for i, config := range j.global.Additional {
		// The loader reads the name: YAML has more than one way to write "1".
		c, err := j.load(j.header, scrape(promconfig.Job{Fields: config}))
		if err == nil && len(c.ScrapeConfigs) == 1 {
			jobs = append(jobs, promconfig.Job{Name: c.ScrapeConfigs[0].JobName, Field: specPath.Field("additionalScrapeConfigs").Index(i)})
		}
	}
	return jobs
}

func scrape(jobs ...promconfig.Job) yaml.MapSlice {
	list := make([]yaml.MapSlice, len(jobs))
	for i, job := range jobs {
		list[i] = job.Fields
	}
	return yaml.MapSlice{{Key: "scrape_configs", Value: list}}
}
