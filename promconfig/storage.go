package promconfig

import (
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

func (w *writer) checkTSDB() {
	t := w.g.spec.TSDB
	w.rejectFor(specPath.Field("tsdb", "staleSeriesCompactionThreshold"), t.Validate())
	if t == nil || t.ChunkEncoding == nil || t.ChunkEncoding.Floats == nil || *t.ChunkEncoding.Floats != monitoringv1.ChunkEncodingFloatsXor {
		return
	}
	if slices.Contains(w.g.spec.EnableFeatures, "st-storage") {
		w.rejectf(specPath.Field("tsdb", "chunkEncoding", "floats"), "Xor cannot store start timestamps, which the feature st-storage asks for")
	}
}

// storage writes the storage of a server. Retention is a flag before 3.11.
func (s *section) storage() {
	s.w.checkTSDB()
	server := s.w.g.server
	storage := s.in("storage", "")
	if e := server.Exemplars; e != nil && e.MaxSize != nil {
		storage.putSinceFrom(since.Exemplars, specPath.Field("exemplars", "maxSize"), "exemplars", yaml.MapSlice{{Key: "max_exemplars", Value: *e.MaxSize}})
	}
	tsdb := storage.in("tsdb", "")
	if t := s.w.g.spec.TSDB; t != nil {
		settings := tsdb.of(specPath.Field("tsdb"))
		settings.setSince(since.OutOfOrderTimeWindow, "out_of_order_time_window", "outOfOrderTimeWindow", t.OutOfOrderTimeWindow)
		if t.StaleSeriesCompactionThreshold != nil {
			settings.putSince(since.StaleSeriesCompaction, "stale_series_compaction_threshold", "staleSeriesCompactionThreshold", t.StaleSeriesCompactionThreshold.AsApproximateFloat64())
		}
		settings.chunkEncoding(t)
		tsdb.take(settings)
	}
	if s.w.g.has(since.RetentionInFile) {
		retention := tsdb.in("retention", "")
		time := server.Retention
		if time == "" && server.RetentionSize == "" {
			time = "24h"
		}
		retention.set("time", "retention", time)
		retention.set("size", "retentionSize", server.RetentionSize)
		tsdb.fields = append(tsdb.fields, yaml.MapItem{Key: "retention", Value: retention.fields})
	}
	if len(tsdb.fields) > 0 {
		storage.fields = append(storage.fields, yaml.MapItem{Key: "tsdb", Value: tsdb.fields})
	}
	if len(storage.fields) > 0 && s.w.g.has(since.Exemplars) {
		s.fields = append(s.fields, yaml.MapItem{Key: "storage", Value: storage.fields})
	}
}

func (s *section) chunkEncoding(t *monitoringv1.TSDBSpec) {
	if t.ChunkEncoding != nil && t.ChunkEncoding.Floats != nil {
		s.putSinceFrom(since.ChunkEncoding, s.field.Field("chunkEncoding", "floats"), "chunk_encoding", yaml.MapSlice{{Key: "floats", Value: strings.ToLower(string(*t.ChunkEncoding.Floats))}})
	}
}

// agentStorage writes a single section. The operator writes a section for each setting, and
// Prometheus refuses a duplicate key.
func (s *section) agentStorage() {
	s.w.checkTSDB()
	t := s.w.g.spec.TSDB
	if t == nil {
		return
	}
	tsdb := &section{w: s.w, key: fieldpath.New("storage", "tsdb"), field: specPath.Field("tsdb")}
	tsdb.setSince(since.AgentOutOfOrderTimeWindow, "out_of_order_time_window", "outOfOrderTimeWindow", t.OutOfOrderTimeWindow)
	if t.StaleSeriesCompactionThreshold != nil {
		tsdb.putSince(since.StaleSeriesCompaction, "stale_series_compaction_threshold", "staleSeriesCompactionThreshold", t.StaleSeriesCompactionThreshold.AsApproximateFloat64())
	}
	tsdb.chunkEncoding(t)
	if len(tsdb.fields) > 0 {
		s.fields = append(s.fields, yaml.MapItem{Key: "storage", Value: yaml.MapSlice{{Key: "tsdb", Value: tsdb.fields}}})
	}
}

func (s *section) otlp() {
	o := s.w.g.spec.OTLP
	if o == nil {
		return
	}
	s.w.checkOTLP(o)
	c := s.in("otlp", "otlp")
	c.setSince(since.OTLP, "promote_resource_attributes", "promoteResourceAttributes", o.PromoteResourceAttributes)
	c.setSince(since.OTLPTranslationStrategy, "translation_strategy", "translationStrategy", o.TranslationStrategy)
	c.setSince(since.OTLPKeepIdentifyingAttributes, "keep_identifying_resource_attributes", "keepIdentifyingResourceAttributes", o.KeepIdentifyingResourceAttributes)
	c.setSince(since.OTLPConvertHistograms, "convert_histograms_to_nhcb", "convertHistogramsToNHCB", o.ConvertHistogramsToNHCB)
	c.setSince(since.OTLPPromoteAll, "promote_all_resource_attributes", "promoteAllResourceAttributes", o.PromoteAllResourceAttributes)
	c.setSince(since.OTLPIgnoreAttributes, "ignore_resource_attributes", "ignoreResourceAttributes", o.IgnoreResourceAttributes)
	c.setSince(since.OTLPPromoteScopeMetadata, "promote_scope_metadata", "promoteScopeMetadata", o.PromoteScopeMetadata)
	c.setSince(since.OTLPLabelNameSanitization, "label_name_underscore_sanitization", "labelNameUnderscoreSanitization", o.LabelNameUnderscoreSanitization)
	c.setSince(since.OTLPLabelNamePreserveUnderscores, "label_name_preserve_multiple_underscores", "labelNamePreserveMultipleUnderscores", o.LabelNamePreserveMultipleUnderscores)
	if len(c.fields) > 0 {
		s.add("otlp", c)
	}
}

func (w *writer) checkOTLP(o *monitoringv1.OTLPConfig) {
	field := specPath.Field("otlp", "translationStrategy")
	strategy := orDefault(o.TranslationStrategy, "")
	need := func(f *since.Feature) {
		if !w.g.has(f) {
			w.rejectSince(field, f, string(strategy)+" ")
		}
	}
	if !w.g.has(since.OTLP) {
		w.rejectSince(specPath.Field("otlp"), since.OTLP, "")
		return
	}
	switch strategy {
	case monitoringv1.NoUTF8EscapingWithSuffixes:
		if orDefault(w.g.spec.NameValidationScheme, "") == monitoringv1.LegacyNameValidationScheme {
			w.rejectf(field, "%s does not go with nameValidationScheme %s", strategy, monitoringv1.LegacyNameValidationScheme)
		}
	case monitoringv1.NoTranslation:
		need(since.OTLPNoTranslation)
	case monitoringv1.UnderscoreEscapingWithoutSuffixes:
		need(since.OTLPWithoutSuffixes)
	}
	if w.g.has(since.OTLPPromoteAll) {
		w.rejectFor(specPath.Field("otlp"), o.Validate())
	}
}

func (s *section) tracing() {
	t := s.w.g.spec.TracingConfig
	if t == nil {
		return
	}
	s.w.rejectFor(specPath.Field("tracingConfig"), t.Validate())
	c := s.in("tracing", "tracingConfig")
	c.put("endpoint", "endpoint", t.Endpoint)
	if t.ClientType != nil {
		c.put("client_type", "clientType", strings.ToLower(*t.ClientType))
	}
	if t.SamplingFraction != nil {
		c.put("sampling_fraction", "samplingFraction", t.SamplingFraction.AsApproximateFloat64())
	}
	c.set("insecure", "insecure", t.Insecure)
	if len(t.Headers) > 0 {
		c.put("headers", "headers", sorted(t.Headers))
	}
	if t.Compression != nil {
		c.put("compression", "compression", strings.ToLower(*t.Compression))
	}
	c.set("timeout", "timeout", t.Timeout)
	c.tls(s.w.self(), t.TLSConfig)
	s.add("tracing", c)
}
