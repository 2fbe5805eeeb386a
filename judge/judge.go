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

// Check is the id of the judge's findings. The check that a user can configure, and
// the page about it, come with the checks on monitors.
const Check = "configuration"

// A Judge judges for one Prometheus, whose own sections it holds. It may be used by
// several goroutines.
type Judge struct {
	g      *promconfig.Generator
	global promconfig.Global
	header yaml.MapSlice // the global section alone
	names  model.ValidationScheme
}

// legacyNames are the only ones that a Prometheus 2 knows.
var legacyNames = yaml.MapItem{Key: "metric_name_validation_scheme", Value: "legacy"}

// New makes the judge for a Prometheus and what promconfig rendered of it.
func New(g *promconfig.Generator, global promconfig.Global) *Judge {
	discovery.Register()
	j := &Judge{g: g, global: global}
	for _, item := range global.Before {
		if item.Key != "global" {
			continue
		}
		section, _ := item.Value.(yaml.MapSlice)
		if !g.UTF8Names() {
			section = append(slices.Clip(section), legacyNames)
		}
		j.header = yaml.MapSlice{{Key: "global", Value: section}}
	}
	j.names = model.UTF8Validation
	if c, err := j.load(j.header); err == nil {
		j.names = c.GlobalConfig.MetricNameValidationScheme
	}
	return j
}

// Global judges the Prometheus object itself: what promconfig rejects, its sections
// one by one, its scrape classes, and the scrape configurations written by hand.
func (j *Judge) Global() []validation.Finding {
	findings := rejections(j.global.Rejections)
	if len(findings) > 0 {
		return findings
	}
	if _, err := j.load(j.header); err != nil {
		section, _ := j.header[0].Value.(yaml.MapSlice)
		return append(findings, narrow(err, section, "global", "spec", j.global.Sources, func(m yaml.MapSlice) error {
			_, err := j.load(yaml.MapSlice{{Key: "global", Value: m}})
			return err
		})...)
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
		findings = append(findings, unbearable(c)...)
	}
	return findings
}

func (j *Judge) section(item yaml.MapItem) []validation.Finding {
	_, err := j.load(j.header, yaml.MapSlice{item})
	if err == nil {
		return nil
	}
	return narrow(err, yaml.MapSlice{item}, "", "spec", j.global.Sources, func(m yaml.MapSlice) error {
		_, err := j.load(j.header, m)
		return err
	})
}

// class judges a scrape class by itself. The global section has no say in that: a
// class that only it forbids costs the objects that use the class, and no more.
func (j *Judge) class(class promconfig.Job) []validation.Finding {
	var header yaml.MapSlice
	if !j.g.UTF8Names() {
		header = yaml.MapSlice{{Key: "global", Value: yaml.MapSlice{legacyNames}}}
	}
	return j.job(header, class, j.global.Files)
}

func (j *Judge) additional(i int, config yaml.MapSlice) []validation.Finding {
	field := fmt.Sprintf("spec.additionalScrapeConfigs[%d]", i)
	c, err := j.load(j.header, scrape(config))
	if err != nil {
		return []validation.Finding{refused(field, words(err))}
	}
	return clients(c, promconfig.Job{Field: field}, nil)
}

// Part judges what one object gives, under the global section of its Prometheus.
func (j *Judge) Part(part promconfig.Part) []validation.Finding {
	findings := rejections(part.Rejections)
	if len(findings) > 0 {
		return findings
	}
	for _, job := range part.Jobs {
		findings = append(findings, j.job(j.header, job, part.Files)...)
	}
	return findings
}

// job judges one job under a header of sections.
func (j *Judge) job(header yaml.MapSlice, job promconfig.Job, files map[string][]byte) []validation.Finding {
	c, err := j.load(header, scrape(job.Fields))
	if err != nil {
		return narrow(err, job.Fields, "", job.Field, job.Sources, func(m yaml.MapSlice) error {
			_, err := j.load(header, scrape(m))
			return err
		})
	}
	return clients(c, job, files)
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
	for i, config := range j.global.Additional {
		// The loader says what the name is: YAML has more than one way to write "1".
		c, err := j.load(j.header, scrape(config))
		if err == nil && len(c.ScrapeConfigs) == 1 {
			claim(c.ScrapeConfigs[0].JobName, fmt.Sprintf("spec.additionalScrapeConfigs[%d]", i))
		}
	}
	return findings
}

func scrape(job yaml.MapSlice) yaml.MapSlice {
	return yaml.MapSlice{{Key: "scrape_configs", Value: []yaml.MapSlice{job}}}
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
		Key: validation.Key(field, reason),
	}
}
