package promconfig

import (
	"reflect"

	"github.com/alecthomas/units"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// limits of a job. Each kind has the same, under the same names.
type limits struct {
	sample, target, label, labelNameLength, labelValueLength, keepDroppedTargets *int64
}

// limits writes what the object asks for, within what the Prometheus enforces.
func (s *section) limits(l limits) {
	p := s.w.g.spec
	s.limit("", "sample_limit", "sampleLimit", l.sample, p.EnforcedSampleLimit)
	s.limit("2.21.0", "target_limit", "targetLimit", l.target, p.EnforcedTargetLimit)
	s.limit("2.27.0", "label_limit", "labelLimit", l.label, p.EnforcedLabelLimit)
	s.limit("2.27.0", "label_name_length_limit", "labelNameLengthLimit", l.labelNameLength, p.EnforcedLabelNameLengthLimit)
	s.limit("2.27.0", "label_value_length_limit", "labelValueLengthLimit", l.labelValueLength, p.EnforcedLabelValueLengthLimit)
	s.limit("2.47.0", "keep_dropped_targets", "keepDroppedTargets", l.keepDroppedTargets, p.EnforcedKeepDroppedTargets)
}

// bounds writes what bounds a scrape and its samples, in the order of all monitors.
func (s *section) bounds(l limits, n monitoringv1.NativeHistogramConfig, protocols []monitoringv1.ScrapeProtocol,
	fallback *monitoringv1.ScrapeProtocol, bodySize *monitoringv1.ByteSize,
) {
	s.limits(l)
	s.nativeHistograms(n)
	s.protocols(protocols)
	s.fallbackProtocol(fallback)
	s.bodySizeLimit(bodySize)
}

func (s *section) limit(since, key, field string, asked, enforced *int64) {
	limit := s.w.g.lower(asked, enforced)
	if limit == nil || since != "" && !s.has(since, field) {
		return
	}
	s.put(key, field, *limit)
}

// lower is the lower of two limits, where 0 means none. From 2.45 on the enforced
// one stands in the global section, and needs no repeating.
func (g *Generator) lower(asked, enforced *int64) *int64 {
	switch {
	case enforced == nil || *enforced == 0:
		return asked
	case asked == nil || *asked == 0:
		if g.atLeast("2.45.0") {
			return nil
		}
		return enforced
	case *enforced > *asked:
		return asked
	}
	return enforced
}

func (s *section) bodySizeLimit(asked *monitoringv1.ByteSize) {
	if size := lowerSize(asked, s.w.g.spec.EnforcedBodySizeLimit); size != "" {
		s.putSince("2.28.0", "body_size_limit", "bodySizeLimit", size)
	}
}

func lowerSize(asked *monitoringv1.ByteSize, enforced monitoringv1.ByteSize) monitoringv1.ByteSize {
	switch {
	case asked == nil || *asked == "":
		return enforced
	case enforced == "":
		return *asked
	}
	a, _ := units.ParseBase2Bytes(string(*asked))
	e, _ := units.ParseBase2Bytes(string(enforced))
	if a > e {
		return enforced
	}
	return *asked
}

func (s *section) nativeHistograms(n monitoringv1.NativeHistogramConfig) {
	if reflect.ValueOf(n).IsZero() {
		return
	}
	s.setSince("3.8.0", "scrape_native_histograms", "scrapeNativeHistograms", n.ScrapeNativeHistograms)
	s.setSince("2.45.0", "native_histogram_bucket_limit", "nativeHistogramBucketLimit", n.NativeHistogramBucketLimit)
	if n.NativeHistogramMinBucketFactor != nil {
		s.putSince("2.50.0", "native_histogram_min_bucket_factor", "nativeHistogramMinBucketFactor",
			n.NativeHistogramMinBucketFactor.AsApproximateFloat64())
	}
	if s.w.g.version.Major == 3 {
		s.set("always_scrape_classic_histograms", "scrapeClassicHistograms", n.ScrapeClassicHistograms)
	} else {
		s.setSince("2.45.0", "scrape_classic_histograms", "scrapeClassicHistograms", n.ScrapeClassicHistograms)
	}
	s.setSince("3.0.0", "convert_classic_histograms_to_nhcb", "convertClassicHistogramsToNHCB", n.ConvertClassicHistogramsToNHCB)
}

// protocols writes the scrape protocols, less those that the Prometheus lacks.
func (s *section) protocols(protocols []monitoringv1.ScrapeProtocol) {
	if len(protocols) == 0 {
		return
	}
	known := make([]string, 0, len(protocols))
	for i, p := range protocols {
		if p == monitoringv1.PrometheusText1_0_0 && !s.has("3.0.0-rc.0", at("scrapeProtocols", i)) {
			continue
		}
		known = append(known, string(p))
	}
	s.putSince("2.49.0", "scrape_protocols", "scrapeProtocols", known)
}

func (s *section) fallbackProtocol(p *monitoringv1.ScrapeProtocol) {
	s.setSince("3.0.0", "fallback_scrape_protocol", "fallbackScrapeProtocol", p)
}

func (s *section) honorLabels(honor bool) {
	s.put("honor_labels", "honorLabels", honor && !s.w.g.spec.OverrideHonorLabels)
}

func (s *section) honorTimestamps(asked *bool) {
	override := s.w.g.spec.OverrideHonorTimestamps
	if asked != nil || override {
		s.putSince("2.9.0", "honor_timestamps", "honorTimestamps", asked != nil && *asked && !override)
	}
}
