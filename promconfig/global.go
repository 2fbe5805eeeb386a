package promconfig

import (
	"path"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"
)

// Global is what the Prometheus object itself gives: everything around the jobs.
type Global struct {
	// Before and After are the sections around scrape_configs, in order.
	Before, After yaml.MapSlice

	// Classes are the scrape classes, each as a job of its own: to be judged, not to be
	// scraped. So are the relabelings that the operator checks and does not write.
	Classes []Job

	// Additional are the scrape configurations that the user wrote by hand.
	Additional []yaml.MapSlice

	// Files are certificates and keys, by file name.
	Files map[string][]byte

	Sources    []Source
	Rejections []Rejection
	Ignored    []Ignored
}

// Global renders the Prometheus object.
func (g *Generator) Global() Global {
	w := g.globalWriter()
	out := Global{Classes: append(w.classes(), w.unwrittenRelabelings()...)}
	w.checkTimeouts()
	w.noteUnsupportedByServer()
	w.section("").apiServer() // judged here, once, and written with each job

	before := w.section("spec")
	before.globalSection()
	before.runtime()

	out.Additional = w.additionalScrapeConfigs()
	after := w.section("spec")
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
		g.putSince("2.55.0", "scrape_failure_log_file", "scrapeFailureLogFile", logFile(*p.ScrapeFailureLogFile))
	}
	g.nameValidation(p.NameValidationScheme)
	g.nameEscaping(p.NameEscapingScheme)
	g.setSince("3.4.0", "convert_classic_histograms_to_nhcb", "convertClassicHistogramsToNHCB", p.ConvertClassicHistogramsToNHCB)
	g.setSince("3.5.0", "always_scrape_classic_histograms", "scrapeClassicHistograms", p.ScrapeClassicHistograms)
	g.setSince("3.8.0", "scrape_native_histograms", "scrapeNativeHistograms", p.ScrapeNativeHistograms)
	if server := s.w.g.server; server != nil {
		g.put("evaluation_interval", "evaluationInterval", server.EvaluationInterval)
		g.setSince("2.53.0", "rule_query_offset", "ruleQueryOffset", server.RuleQueryOffset)
		if server.QueryLogFile != "" {
			g.putSince("2.16.0", "query_log_file", "queryLogFile", logFile(server.QueryLogFile))
		}
	}
	s.fields = append(s.fields, yaml.MapItem{Key: "global", Value: g.fields})
}

// externalLabels tell the Prometheus and its replica apart. The user cannot
// overwrite the ones that the operator sets.
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
			s.w.ignoref(join(s.field, "externalLabels."+name), "the operator sets this label itself")
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
		s.putSince("2.45.0", "body_size_limit", "bodySizeLimit", *p.BodySizeLimit)
	case p.EnforcedBodySizeLimit != "":
		s.putSince("2.45.0", "body_size_limit", "enforcedBodySizeLimit", p.EnforcedBodySizeLimit)
	}
	s.globalLimit("2.45.0", "sample_limit", "sampleLimit", p.SampleLimit, p.EnforcedSampleLimit)
	s.globalLimit("2.45.0", "target_limit", "targetLimit", p.TargetLimit, p.EnforcedTargetLimit)
	s.globalLimit("2.45.0", "label_limit", "labelLimit", p.LabelLimit, p.EnforcedLabelLimit)
	s.globalLimit("2.45.0", "label_name_length_limit", "labelNameLengthLimit", p.LabelNameLengthLimit, p.EnforcedLabelNameLengthLimit)
	s.globalLimit("2.45.0", "label_value_length_limit", "labelValueLengthLimit", p.LabelValueLengthLimit, p.EnforcedLabelValueLengthLimit)
	s.globalLimit("2.47.0", "keep_dropped_targets", "keepDroppedTargets", p.KeepDroppedTargets, p.EnforcedKeepDroppedTargets)
}

// globalLimit writes the lower of the two, where 0 and less mean none.
func (s *section) globalLimit(since, key, field string, limit, enforced *int64) {
	l, e := orDefault(limit, 0), orDefault(enforced, 0)
	if l <= 0 || e > 0 && l > e {
		l = e
	}
	if l > 0 {
		s.putSince(since, key, field, l)
	}
}

func (s *section) runtime() {
	r := s.w.g.spec.Runtime
	if r == nil || !s.has("2.53.0", "runtime") {
		return
	}
	section := s.in("runtime", "runtime")
	section.set("gogc", "goGC", r.GoGC)
	s.add("runtime", section)
}

func (s *section) nameValidation(scheme *monitoringv1.NameValidationSchemeOptions) {
	if scheme != nil {
		s.putSince("3.0.0", "metric_name_validation_scheme", "nameValidationScheme", strings.ToLower(string(*scheme)))
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
		s.putSince("3.4.0", "metric_name_escaping_scheme", "nameEscapingScheme", name)
	}
}

// logFile puts a bare file name where the operator mounts a volume for it.
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
