package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/judge/discovery"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// Check is the id of the judge's findings: that of the check in validation/monitor, which
// has the page.
const Check = "configuration"

// A Judge judges for one Prometheus, whose own sections it holds. It may be used by
// several goroutines.
type Judge struct {
	g        *promconfig.Generator
	global   promconfig.Global
	own      yaml.MapSlice // the global section alone
	header   yaml.MapSlice // the same, or as much of it as the loader takes
	names    model.ValidationScheme
	anyClass bool // a scrape class of any name is taken to exist
	limits   Limits
	pod      *strings.Replacer
}

// legacyNames are the only ones that a Prometheus 2 knows.
var legacyNames = yaml.MapItem{Key: "metric_name_validation_scheme", Value: "legacy"}

// New makes the judge for a Prometheus and what promconfig rendered of it.
func New(g *promconfig.Generator, global promconfig.Global) *Judge {
	return NewWithin(DefaultLimits(), g, global)
}

// NewWithin is New with other limits than the default ones.
func NewWithin(limits Limits, g *promconfig.Generator, global promconfig.Global) *Judge {
	discovery.Register()
	j := &Judge{g: g, global: global, pod: podVariables(g.Name()), limits: limits}
	for _, item := range global.Before {
		if item.Key != "global" {
			continue
		}
		section, _ := item.Value.(yaml.MapSlice)
		j.own = j.headerOf(section)
	}
	j.header, j.names = j.own, model.UTF8Validation
	c, err := j.load(j.own)
	if err != nil {
		// A Prometheus that is itself refused is no reason to refuse all else.
		// Without an interval of its own any timeout would be judged by a default.
		j.header = j.headerOf(yaml.MapSlice{{Key: "scrape_interval", Value: longestInterval}})
		c, err = j.load(j.header)
	}
	if err == nil {
		j.names = c.GlobalConfig.MetricNameValidationScheme
	}
	return j
}

// headerOf is a global section, which says which names there are.
func (j *Judge) headerOf(section yaml.MapSlice) yaml.MapSlice {
	if !j.g.UTF8Names() {
		section = append(slices.Clip(section), legacyNames)
	}
	return yaml.MapSlice{{Key: "global", Value: section}}
}

// Global judges the Prometheus object itself: what promconfig rejects, its sections
// one by one, its scrape classes, and the scrape configurations written by hand.
func (j *Judge) Global() []validation.Finding {
	findings := rejections(j.global.Rejections)
	if len(findings) > 0 {
		return findings
	}
	if _, err := j.load(j.own); err != nil {
		section, _ := j.own[0].Value.(yaml.MapSlice)
		search := newSearch("spec", j.global.Sources, newBudget(), func(m yaml.MapSlice) (int, error) {
			return j.attempt(yaml.MapSlice{{Key: "global", Value: m}})
		})
		return append(findings, search.narrow(err, section, "global")...)
	}
	for _, item := range append(slices.Clip(j.global.Before), j.global.After...) {
		if item.Key != "global" {
			findings = append(findings, j.section(item)...)
		}
	}
	for _, class := range j.global.Classes {
		findings = append(findings, j.class(class)...)
	}
	for i, config := range j.global.Additional {
		findings = append(findings, j.additional(i, config)...)
	}
	if c, err := j.load(j.header, j.global.After); err == nil {
		findings = append(findings, j.remotes(c)...)
		findings = append(findings, j.limits.unbearable(c)...)
	}
	return findings
}

func (j *Judge) section(item yaml.MapItem) []validation.Finding {
	_, err := j.load(j.header, yaml.MapSlice{item})
	if err == nil {
		return nil
	}
	search := newSearch("spec", j.global.Sources, newBudget(), func(m yaml.MapSlice) (int, error) {
		return j.attempt(j.header, m)
	})
	return search.narrow(err, yaml.MapSlice{item}, "")
}

// class judges a scrape class by itself. The global section has no say in that: a
// class that only it forbids costs the objects that use the class, and no more.
func (j *Judge) class(class promconfig.Job) []validation.Finding {
	return j.jobs(j.headerOf(nil), []promconfig.Job{class}, j.global.Files)
}

func (j *Judge) additional(i int, config yaml.MapSlice) []validation.Finding {
	field := fmt.Sprintf("spec.additionalScrapeConfigs[%d]", i)
	c, err := j.load(j.header, scrape(promconfig.Job{Fields: config}))
	if err != nil {
		return []validation.Finding{refused(field, words(err))}
	}
	return j.limits.clients(c.ScrapeConfigs[0], promconfig.Job{Field: field}, nil)
}

// Part judges what one object gives, under the global section of its Prometheus.
func (j *Judge) Part(part promconfig.Part) []validation.Finding {
	findings := rejections(part.Rejections)
	if len(findings) > 0 {
		return findings
	}
	return j.jobs(j.header, part.Jobs, part.Files)
}

// manyFindings are enough of one object: nobody reads more.
const manyFindings = 200

// jobs judges jobs under a header of sections: all at once, and if that fails the two
// halves.
func (j *Judge) jobs(header yaml.MapSlice, jobs []promconfig.Job, files map[string][]byte) []validation.Finding {
	return j.some(header, jobs, files, newBudget())
}

func (j *Judge) some(header yaml.MapSlice, jobs []promconfig.Job, files map[string][]byte, budget *budget) []validation.Finding {
	var findings []validation.Finding
	c, err := j.load(header, scrape(jobs...))
	if err == nil && len(c.ScrapeConfigs) == len(jobs) {
		for i, job := range jobs {
			findings = append(findings, j.limits.clients(c.ScrapeConfigs[i], job, files)...)
		}
		return findings
	}
	if len(jobs) == 0 {
		return nil // it is the header that is refused
	}
	if len(jobs) == 1 {
		job := jobs[0]
		search := newSearch(job.Field, job.Sources, budget, func(m yaml.MapSlice) (int, error) {
			return j.attempt(header, scrape(promconfig.Job{Fields: m}))
		})
		return search.narrow(err, job.Fields, "")
	}
	findings = j.some(header, jobs[:len(jobs)/2], files, budget)
	if len(findings) >= manyFindings {
		return findings
	}
	return append(findings, j.some(header, jobs[len(jobs)/2:], files, budget)...)
}

// Whole judges that the parts go together: that no job's name is there twice.
// Everything else about a part is judged with the part.
func (j *Judge) Whole(parts []promconfig.Part) []validation.Finding {
	seen := map[string]string{}
	var findings []validation.Finding
	claim := func(job, field string) {
		if first, ok := seen[job]; ok {
			findings = append(findings, refused(field, fmt.Sprintf("job_name %q is there twice: %s has it too", job, first)))
			return
		}
		seen[job] = field
	}
	for _, part := range parts {
		for _, job := range part.Jobs {
			claim(job.Name, fmt.Sprintf("%s %s/%s %s", part.Kind, part.Namespace, part.Name, job.Field))
		}
	}
	for _, job := range j.additionalJobs() {
		claim(job.Name, job.Field)
	}
	return findings
}

// AdditionalJobs are the names of the jobs that the user wrote by hand, each with the
// field that it comes from.
func (j *Judge) AdditionalJobs() map[string]string {
	fields := map[string]string{}
	for _, job := range j.additionalJobs() {
		fields[job.Name] = job.Field
	}
	return fields
}

func (j *Judge) additionalJobs() []promconfig.Job {
	var jobs []promconfig.Job
	for i, config := range j.global.Additional {
		// The loader says what the name is: YAML has more than one way to write "1".
		c, err := j.load(j.header, scrape(promconfig.Job{Fields: config}))
		if err == nil && len(c.ScrapeConfigs) == 1 {
			jobs = append(jobs, promconfig.Job{Name: c.ScrapeConfigs[0].JobName, Field: fmt.Sprintf("spec.additionalScrapeConfigs[%d]", i)})
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

func rejections(list []promconfig.Rejection) []validation.Finding {
	var findings []validation.Finding
	for _, r := range list {
		findings = append(findings, refused(r.Field, r.Reason))
	}
	return findings
}

func refused(field, reason string) validation.Finding {
	return validation.Finding{
		Check: Check, Severity: validation.Deny, Path: field, Problem: strings.TrimSuffix(reason, "."),
		Key: contentKey(field, reason),
	}
}
