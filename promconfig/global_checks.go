package promconfig

import (
	"github.com/prometheus/common/model"
)

// checkTimeouts rejects a timeout that is longer than the interval. Everything else
// about durations is for Prometheus' own loader to say.
func (w *writer) checkTimeouts() {
	p := w.g.spec
	if p.ScrapeTimeout == "" {
		return
	}
	timeout, err := model.ParseDuration(string(p.ScrapeTimeout))
	if err != nil {
		w.rejectf("spec.scrapeTimeout", "%s", err)
		return
	}
	interval, err := model.ParseDuration(string(p.ScrapeInterval))
	if err != nil {
		w.rejectf("spec.scrapeInterval", "%s", err)
		return
	}
	if timeout > interval {
		w.rejectf("spec.scrapeTimeout", "%s is longer than the interval of %s", timeout, interval)
	}
}

// checkClasses judges the scrape classes once, for all objects that use them.
func (w *writer) checkClasses() {
	byDefault := -1
	for i, class := range w.g.spec.ScrapeClasses {
		field := at("spec.scrapeClasses", i)
		scratch := &section{w: w, key: "scrape_class", field: field}
		scratch.tls(w.self(), class.TLSConfig)
		w.rejectFor(join(field, "authorization"), class.Authorization.Validate())
		scratch.authorization(w.self(), w.self(), class.Authorization)
		r := scratch.relabeler("relabel_configs")
		r.addAll(join(field, "relabelings"), class.Relabelings)
		r.addAll(join(field, "metricRelabelings"), class.MetricRelabelings)
		if class.Default == nil || !*class.Default {
			continue
		}
		if byDefault >= 0 {
			w.rejectf(join(field, "default"), "spec.scrapeClasses[%d] is the default already", byDefault)
		}
		byDefault = i
	}
}

// Classes renders a job for each scrape class, to be judged: a class that
// Prometheus refuses takes every object down that uses it.
func (g *Generator) Classes() []Job {
	var jobs []Job
	for i, class := range g.spec.ScrapeClasses {
		w := g.globalWriter()
		s := w.job("scrapeClass/"+class.Name, at("spec.scrapeClasses", i))
		s.tls(w.self(), class.TLSConfig)
		s.authorization(w.self(), w.self(), class.Authorization)
		s.relabelings("relabel_configs", "relabelings", class.Relabelings)
		s.relabelings("metric_relabel_configs", "metricRelabelings", class.MetricRelabelings)
		s.fallbackProtocol(class.FallbackScrapeProtocol)
		jobs = append(jobs, Job{Name: "scrapeClass/" + class.Name, Field: s.field, Fields: s.fields, Sources: w.sources})
	}
	return jobs
}
