package promconfig

import (
	"reflect"

	"github.com/alecthomas/units"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/since"
)

// limits are the limits of a job. All kinds have the same.
type limits struct {
	sample, target, label, labelNameLength, labelValueLength, keepDroppedTargets *int64
}

// limits writes the limits of the object, or the enforced ones if they are lower.
func (s *section) limits(l limits) {
	p := s.w.g.spec
	s.limit(nil, "sample_limit", "sampleLimit", l.sample, p.EnforcedSampleLimit)
	s.limit(since.TargetLimit, "target_limit", "targetLimit", l.target, p.EnforcedTargetLimit)
	s.limit(since.LabelLimits, "label_limit", "labelLimit", l.label, p.EnforcedLabelLimit)
	s.limit(since.LabelLimits, "label_name_length_limit", "labelNameLengthLimit", l.labelNameLength, p.EnforcedLabelNameLengthLimit)
	s.limit(since.LabelLimits, "label_value_length_limit", "labelValueLengthLimit", l.labelValueLength, p.EnforcedLabelValueLengthLimit)
	s.limit(since.KeepDroppedTargets, "keep_dropped_targets", "keepDroppedTargets", l.keepDroppedTargets, p.EnforcedKeepDroppedTargets)
}

// bounds writes the limits of a scrape and the formats of its samples, in the order that all
// monitors share.
func (s *section) bounds(l limits, n monitoringv1.NativeHistogramConfig, protocols []monitoringv1.ScrapeProtocol,
	fallback *monitoringv1.ScrapeProtocol, class scrapeClass, bodySize *monitoringv1.ByteSize,
) {
	s.limits(l)
	s.nativeHistograms(n)
	s.protocols(protocols)
	s.fallbackProtocol(fallback, class)
	s.bodySizeLimit(bodySize)
}

func (s *section) limit(f *since.Feature, key, field string, asked, enforced *int64) {
	if asked == nil {
		field = "" // the Prometheus enforces it
	}
	if limit := s.w.g.lower(asked, enforced); limit != nil {
		s.putSince(f, key, field, *limit)
	}
}

// lower returns the lower limit, where 0 means none. From 2.45 on the global section has the
// enforced limit, and the job does not repeat it.
func (g *Generator) lower(asked, enforced *int64) *int64 {
	switch {
	case enforced == nil || *enforced == 0:
		return asked
	case asked == nil || *asked == 0:
		if g.has(since.GlobalLimits) {
			return nil
		}
		return enforced
	case *enforced > *asked:
		return asked
	}
	return enforced
}

func (s *section) bodySizeLimit(asked *monitoringv1.ByteSize) {
	field := "bodySizeLimit"
	if asked == nil || *asked == "" {
		field = "" // the Prometheus enforces it
	}
	if size := lowerSize(asked, s.w.g.spec.EnforcedBodySizeLimit); size != "" {
		s.putSince(since.BodySizeLimit, "body_size_limit", field, size)
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
	s.setSince(since.ScrapeNativeHistograms, "scrape_native_histograms", "scrapeNativeHistograms", n.ScrapeNativeHistograms)
	s.setSince(since.NativeHistogramBucketLimit, "native_histogram_bucket_limit", "nativeHistogramBucketLimit", n.NativeHistogramBucketLimit)
	if n.NativeHistogramMinBucketFactor != nil {
		s.putSince(since.NativeHistogramMinBucketFactor, "native_histogram_min_bucket_factor", "nativeHistogramMinBucketFactor",
			n.NativeHistogramMinBucketFactor.AsApproximateFloat64())
	}
	if s.w.g.version.Major == 3 {
		s.set("always_scrape_classic_histograms", "scrapeClassicHistograms", n.ScrapeClassicHistograms)
	} else {
		s.setSince(since.ScrapeClassicHistograms, "scrape_classic_histograms", "scrapeClassicHistograms", n.ScrapeClassicHistograms)
	}
	s.setSince(since.ConvertClassicHistograms, "convert_classic_histograms_to_nhcb", "convertClassicHistogramsToNHCB", n.ConvertClassicHistogramsToNHCB)
}

// protocols writes the scrape protocols that the Prometheus knows.
func (s *section) protocols(protocols []monitoringv1.ScrapeProtocol) {
	if len(protocols) == 0 {
		return
	}
	known := make([]string, 0, len(protocols))
	for i, p := range protocols {
		if p == monitoringv1.PrometheusText1_0_0 && !s.w.g.has(since.PrometheusText1) {
			s.w.ignoreSince(s.field.Field("scrapeProtocols").Index(i), since.PrometheusText1)
			continue
		}
		known = append(known, string(p))
	}
	s.putSince(since.ScrapeProtocols, "scrape_protocols", "scrapeProtocols", known)
}

// fallbackProtocol writes the protocol of the object, else of its class.
func (s *section) fallbackProtocol(own *monitoringv1.ScrapeProtocol, class scrapeClass) {
	const key = "fallback_scrape_protocol"
	if own != nil {
		s.putSince(since.FallbackScrapeProtocol, key, "fallbackScrapeProtocol", own)
	} else if class.FallbackScrapeProtocol != nil {
		s.putSinceFrom(since.FallbackScrapeProtocol, class.field("fallbackScrapeProtocol"), key, class.FallbackScrapeProtocol)
	}
}

func (s *section) honorLabels(honor bool) {
	s.put("honor_labels", "honorLabels", honor && !s.w.g.spec.OverrideHonorLabels)
}

func (s *section) honorTimestamps(asked *bool, field string) {
	override := s.w.g.spec.OverrideHonorTimestamps
	if asked == nil {
		field = "" // the Prometheus overrides it
	}
	if asked != nil || override {
		s.putSince(since.HonorTimestamps, "honor_timestamps", field, asked != nil && *asked && !override)
	}
}
