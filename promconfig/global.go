package promconfig

import (
	"path"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// Global is what the Prometheus itself renders to: everything around the jobs.
type Global struct {
	// Before and After are the sections around scrape_configs, in order.
	Before, After yaml.MapSlice

	// Classes are the scrape classes, each as a job of its own that is judged and never
	// scraped. Relabelings that the operator checks and does not write are among them.
	Classes []Job

	// Additional are the scrape configurations that the user wrote by hand.
	Additional []yaml.MapSlice

	// Files are certificates and keys, by file name.
	Files map[string][]byte

	Sources    []Source
	Rejections []Rejection
	Ignored    []Ignored
}

// Global renders the Prometheus.
func (g *Generator) Global() Global {
	w := g.globalWriter()
	out := Global{Classes: append(w.classes(), w.unwrittenRelabelings()...)}
	w.checkTimeouts()
	w.noteUnsupportedByServer()
	w.section(fieldpath.Path{}).apiServer() // checked here, once, and written with each job

	before := w.section(specPath)
	before.globalSection()
	before.runtime()

	out.Additional = w.additionalScrapeConfigs()
	after := w.section(specPath)
	if g.Agent() {
		after.agentStorage()
	} else {
		after.storage()
		after.alerting()
	}
	after.remoteWrite()
	if !g.Agent() {
		after.remoteRead()
	}
	after.otlp()
	after.tracing()

	out.Before, out.After = before.fields, after.fields
	out.Files, out.Sources, out.Rejections, out.Ignored = w.files, w.sources, w.rejections, w.ignored
	return out
}

func (s *section) globalSection() {
	p := s.w.g.spec
	g := s.in("global", "")
	g.put("scrape_interval", "scrapeInterval", p.ScrapeInterval)
	g.set("scrape_timeout", "scrapeTimeout", p.ScrapeTimeout)
	g.protocols(p.ScrapeProtocols)
	g.put("external_labels", "externalLabels", g.externalLabels())
	g.globalLimits()
	if p.ScrapeFailureLogFile != nil {
		g.putSince(since.ScrapeFailureLogFile, "scrape_failure_log_file", "scrapeFailureLogFile", logFile(*p.ScrapeFailureLogFile))
	}
	g.nameValidation(p.NameValidationScheme)
	g.nameEscaping(p.NameEscapingScheme)
	g.setSince(since.GlobalConvertClassicHistograms, "convert_classic_histograms_to_nhcb", "convertClassicHistogramsToNHCB", p.ConvertClassicHistogramsToNHCB)
	g.setSince(since.GlobalScrapeClassicHistograms, "always_scrape_classic_histograms", "scrapeClassicHistograms", p.ScrapeClassicHistograms)
	g.setSince(since.ScrapeNativeHistograms, "scrape_native_histograms", "scrapeNativeHistograms", p.ScrapeNativeHistograms)
	if server := s.w.g.server; server != nil {
		g.put("evaluation_interval", "evaluationInterval", server.EvaluationInterval)
		g.setSince(since.RuleQueryOffset, "rule_query_offset", "ruleQueryOffset", server.RuleQueryOffset)
		if server.QueryLogFile != "" {
			g.putSince(since.QueryLogFile, "query_log_file", "queryLogFile", logFile(server.QueryLogFile))
		}
	}
	s.fields = append(s.fields, yaml.MapItem{Key: "global", Value: g.fields})
}

// externalLabels returns the labels that tell the Prometheus and its replicas apart. The user
// cannot override the labels that the operator sets.
func (s *section) externalLabels() yaml.MapSlice {
	g := s.w.g
	labels := map[string]string{}
	if name := orDefault(g.spec.PrometheusExternalLabelName, "prometheus"); name != "" {
		labels[name] = g.object.Namespace + "/" + g.object.Name
	}
	if name := g.replicaLabel(); name != "" {
		labels[name] = placeholder(podNameVariable)
	}
	if topology := g.topology(); topology != nil {
		if name := orDefault(topology.ExternalLabelName, "zone"); name != "" {
			labels[name] = placeholder(zoneVariable)
		}
	}
	reserved := map[string]bool{}
	for name := range labels {
		reserved[name] = true
	}
	for _, name := range sortedKeys(g.spec.ExternalLabels) {
		if reserved[name] {
			s.w.ignoref(s.field.Field("externalLabels").Key(name), "the operator sets this label itself")
			continue
		}
		labels[name] = g.spec.ExternalLabels[name]
	}
	return sorted(labels)
}

func (g *Generator) replicaLabel() string {
	return orDefault(g.spec.ReplicaExternalLabelName, "prometheus_replica")
}

func (s *section) globalLimits() {
	p := s.w.g.spec
	switch {
	case p.BodySizeLimit != nil:
		s.putSince(since.GlobalLimits, "body_size_limit", "bodySizeLimit", *p.BodySizeLimit)
	case p.EnforcedBodySizeLimit != "":
		s.putSince(since.GlobalLimits, "body_size_limit", "enforcedBodySizeLimit", p.EnforcedBodySizeLimit)
	}
	s.globalLimit(since.GlobalLimits, "sample_limit", "sampleLimit", p.SampleLimit, p.EnforcedSampleLimit)
	s.globalLimit(since.GlobalLimits, "target_limit", "targetLimit", p.TargetLimit, p.EnforcedTargetLimit)
	s.globalLimit(since.GlobalLimits, "label_limit", "labelLimit", p.LabelLimit, p.EnforcedLabelLimit)
	s.globalLimit(since.GlobalLimits, "label_name_length_limit", "labelNameLengthLimit", p.LabelNameLengthLimit, p.EnforcedLabelNameLengthLimit)
	s.globalLimit(since.GlobalLimits, "label_value_length_limit", "labelValueLengthLimit", p.LabelValueLengthLimit, p.EnforcedLabelValueLengthLimit)
	s.globalLimit(since.KeepDroppedTargets, "keep_dropped_targets", "keepDroppedTargets", p.KeepDroppedTargets, p.EnforcedKeepDroppedTargets)
}

// globalLimit writes the lower limit. A limit of 0 or less is none.
func (s *section) globalLimit(f *since.Feature, key, field string, limit, enforced *int64) {
	l, e := orDefault(limit, 0), orDefault(enforced, 0)
	if l <= 0 || e > 0 && l > e {
		l = e
	}
	if l > 0 {
		s.putSince(f, key, field, l)
	}
}

func (s *section) runtime() {
	r := s.w.g.spec.Runtime
	if r == nil || !s.has(since.Runtime, "runtime") {
		return
	}
	section := s.in("runtime", "runtime")
	section.set("gogc", "goGC", r.GoGC)
	s.add("runtime", section)
}

func (s *section) nameValidation(scheme *monitoringv1.NameValidationSchemeOptions) {
	if scheme != nil {
		s.putSince(since.NameValidationScheme, "metric_name_validation_scheme", "nameValidationScheme", strings.ToLower(string(*scheme)))
	}
}

var escapingSchemes = map[monitoringv1.NameEscapingSchemeOptions]string{
	monitoringv1.AllowUTF8NameEscapingScheme:   "allow-utf-8",
	monitoringv1.UnderscoresNameEscapingScheme: "underscores",
	monitoringv1.DotsNameEscapingScheme:        "dots",
	monitoringv1.ValuesNameEscapingScheme:      "values",
}

func (s *section) nameEscaping(scheme *monitoringv1.NameEscapingSchemeOptions) {
	if scheme == nil {
		return
	}
	if name, ok := escapingSchemes[*scheme]; ok {
		s.putSince(since.NameEscapingScheme, "metric_name_escaping_scheme", "nameEscapingScheme", name)
	}
}

// logFile returns the path of a bare file name in the volume that the operator mounts for it.
func logFile(name string) string {
	if name == "" || path.Dir(name) != "." {
		return name
	}
	return path.Join("/var/log/prometheus", name)
}

func orDefault[T any](value *T, byDefault T) T {
	if value == nil {
		return byDefault
	}
	return *value
}
