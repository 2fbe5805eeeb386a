package promconfig

import (
	"fmt"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/since"
)

// checkTimeouts rejects a timeout that is longer than the interval. The loader of Prometheus
// checks everything else about durations.
func (w *writer) checkTimeouts() {
	p := w.g.spec
	if p.ScrapeTimeout == "" {
		return
	}
	timeout, err := model.ParseDuration(string(p.ScrapeTimeout))
	if err != nil {
		w.rejectf(specPath.Field("scrapeTimeout"), "%s", err)
		return
	}
	interval, err := model.ParseDuration(string(p.ScrapeInterval))
	if err != nil {
		w.rejectf(specPath.Field("scrapeInterval"), "%s", err)
		return
	}
	if timeout > interval {
		w.rejectf(specPath.Field("scrapeTimeout"), "%s is longer than the interval of %s", timeout, interval)
	}
}

// classes renders a job for each scrape class, which is judged once for all objects that use
// the class: Prometheus refuses each of them if it refuses the class. It resets the sources
// of the writer.
func (w *writer) classes() []Job {
	var jobs []Job
	byDefault := -1
	for i, class := range w.g.spec.ScrapeClasses {
		name, field := "scrapeClass/"+class.Name, specPath.Field("scrapeClasses").Index(i)
		s := w.job(name, field)
		s.tls(w.self(), class.TLSConfig)
		if class.Authorization != nil && class.Authorization.Credentials == nil {
			w.rejectFor(field.Field("authorization"), class.Authorization.Validate())
		}
		s.authorization(w.self(), w.self(), class.Authorization)
		s.relabelings("relabel_configs", "relabelings", class.Relabelings)
		s.relabelings("metric_relabel_configs", "metricRelabelings", class.MetricRelabelings)
		s.setSince(since.FallbackScrapeProtocol, "fallback_scrape_protocol", "fallbackScrapeProtocol", class.FallbackScrapeProtocol)
		if class.AttachMetadata != nil {
			s.has(since.PodAttachMetadata, "attachMetadata")
		}
		jobs = append(jobs, s.asJob(name))
		if class.Default == nil || !*class.Default {
			continue
		}
		if byDefault >= 0 {
			w.rejectf(field.Field("default"), "spec.scrapeClasses[%d] is the default already", byDefault)
		}
		byDefault = i
	}
	w.sources = nil
	return jobs
}

// unwrittenRelabelings renders a job for each Alertmanager whose alertRelabelings this
// Prometheus is too old for. They are not written, but the operator rejects the whole
// Prometheus if they are invalid.
func (w *writer) unwrittenRelabelings() []Job {
	server := w.g.server
	if server == nil || server.Alerting == nil || w.g.has(since.AlertmanagerRelabelings) {
		return nil
	}
	var jobs []Job
	for i, a := range server.Alerting.Alertmanagers {
		if len(a.AlertRelabelConfigs) == 0 {
			continue
		}
		name := fmt.Sprintf("alertmanager[%d]", i)
		s := w.job(name, specPath.Field("alerting", "alertmanagers").Index(i))
		s.relabelings("metric_relabel_configs", "alertRelabelings", a.AlertRelabelConfigs)
		jobs = append(jobs, s.asJob(name))
	}
	w.sources = nil
	return jobs
}
