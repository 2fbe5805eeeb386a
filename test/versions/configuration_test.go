package versions

import (
	"slices"
	"testing"

	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/since"
)

// TestConfigurationTable fails if the table of package dialect, or that of package since, and the loaders of the
// releases disagree.
func TestConfigurationTable(t *testing.T) {
	c, err := AskLoaders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range c.probes {
		for n, v := range c.releases {
			entry := findConfiguration(p.kind, p.name)
			if want := tableVerdict(entry, v); entry != nil && c.verdicts[i][n] != want {
				t.Errorf("Prometheus %s: %s %s is %q in the table, and the release says %q", v, p.kind, p.name, want, c.verdicts[i][n])
			}
			if p.feature != nil && (c.verdicts[i][n] == "") != p.promised(v) {
				t.Errorf("Prometheus %s says %q of %s, and package since has it from %s", v, c.verdicts[i][n], p.name, p.feature)
			}
		}
	}
	for _, f := range writtenFields {
		i := slices.IndexFunc(c.probes, func(p configurationProbe) bool { return string(p.kind) == f.section && p.name == f.field })
		if i < 0 {
			t.Errorf("no release has the field %s of %s", f.field, f.section)
			continue
		}
		for n, v := range c.releases {
			if f.feature.In(versionOf(v)) && c.verdicts[i][n] == refused {
				t.Errorf("Prometheus %s refuses the field %s of %s, which is written from %s on", v, f.field, f.section, f.feature)
			}
		}
	}
	if len(Releases()) < len(allReleases) {
		return // another release has what is missing here
	}
	table, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(table, dialect.Configurations(), func(a, b dialect.Construct) bool {
		return a.Kind == b.Kind && a.Name == b.Name && slices.Equal(a.Accepted, b.Accepted)
	}) {
		t.Error("the table is not what the loaders say: run go run ./generate")
	}
}

// promised reports whether a release accepts the construct, as package since has it.
func (p configurationProbe) promised(v dialect.Version) bool {
	in := p.feature.In(versionOf(v))
	if p.ends {
		return !in && since.UTF8Names.In(versionOf(v)) // nothing of the kind is older
	}
	return in
}

func versionOf(v dialect.Version) semver.Version {
	return semver.Version{Major: v[0], Minor: v[1], Patch: v[2]}
}

func findConfiguration(kind dialect.Kind, name string) *dialect.Construct {
	for _, c := range dialect.Configurations() {
		if c.Kind == kind && c.Name == name {
			return &c
		}
	}
	return nil
}

// writtenFields are the fields that promgate, as the operator does, writes for a Prometheus from a version on.
var writtenFields = []struct {
	feature        *since.Feature
	section, field string
}{
	{since.TrackTimestampsStaleness, "scrape_configs", "track_timestamps_staleness"},
	{since.EnableCompression, "scrape_configs", "enable_compression"},
	{since.KeepDroppedTargets, "scrape_configs", "keep_dropped_targets"},
	{since.KeepDroppedTargets, "global", "keep_dropped_targets"},
	{since.ScrapeProtocols, "scrape_configs", "scrape_protocols"},
	{since.ScrapeProtocols, "global", "scrape_protocols"},
	{since.FallbackScrapeProtocol, "scrape_configs", "fallback_scrape_protocol"},
	{since.ScrapeNativeHistograms, "scrape_configs", "scrape_native_histograms"},
	{since.ScrapeNativeHistograms, "global", "scrape_native_histograms"},
	{since.NativeHistogramBucketLimit, "scrape_configs", "native_histogram_bucket_limit"},
	{since.NativeHistogramMinBucketFactor, "scrape_configs", "native_histogram_min_bucket_factor"},
	{since.ConvertClassicHistograms, "scrape_configs", "convert_classic_histograms_to_nhcb"},
	{since.GlobalConvertClassicHistograms, "global", "convert_classic_histograms_to_nhcb"},
	{since.GlobalScrapeClassicHistograms, "global", "always_scrape_classic_histograms"},
	{since.NameValidationScheme, "scrape_configs", "metric_name_validation_scheme"},
	{since.NameEscapingScheme, "scrape_configs", "metric_name_escaping_scheme"},
	{since.NameEscapingScheme, "global", "metric_name_escaping_scheme"},
	{since.NoProxy, "HTTP clients", "no_proxy"},
	{since.ProxyFromEnvironment, "HTTP clients", "proxy_from_environment"},
	{since.ProxyConnectHeader, "HTTP clients", "proxy_connect_header"},
	{since.TLSMaxVersion, "tls_config", "max_version"},
	{since.GlobalLimits, "global", "body_size_limit"},
	{since.GlobalLimits, "global", "sample_limit"},
	{since.GlobalLimits, "global", "label_limit"},
	{since.ScrapeFailureLogFile, "global", "scrape_failure_log_file"},
	{since.RuleQueryOffset, "global", "rule_query_offset"},
	{since.Runtime, "runtime", "gogc"},
	{since.AlertmanagerSigV4, "alerting.alertmanagers", "sigv4"},
	{since.AlertmanagerRelabelings, "alerting.alertmanagers", "alert_relabel_configs"},
	{since.RemoteWriteMessageVersion, "remote_write", "protobuf_message"},
	{since.SendNativeHistograms, "remote_write", "send_native_histograms"},
	{since.RoundRobinDNS, "remote_write", "round_robin_dns"},
	{since.QueueSampleAgeLimit, "remote_write.queue_config", "sample_age_limit"},
	{since.SigV4ExternalID, "sigv4", "external_id"},
	{since.AzureAD, "remote_write", "azuread"},
	{since.AzureADOAuth, "remote_write.azuread", "oauth"},
	{since.AzureADSDK, "remote_write.azuread", "sdk"},
	{since.AzureADWorkloadIdentity, "remote_write.azuread", "workload_identity"},
	{since.AzureADScope, "remote_write.azuread", "scope"},
	{since.OutOfOrderTimeWindow, "storage.tsdb", "out_of_order_time_window"},
	{since.StaleSeriesCompaction, "storage.tsdb", "stale_series_compaction_threshold"},
	{since.ChunkEncoding, "storage.tsdb", "chunk_encoding"},
	{since.RetentionInFile, "storage.tsdb", "retention"},
	{since.OTLP, "otlp", "promote_resource_attributes"},
	{since.OTLPTranslationStrategy, "otlp", "translation_strategy"},
	{since.OTLPKeepIdentifyingAttributes, "otlp", "keep_identifying_resource_attributes"},
	{since.OTLPConvertHistograms, "otlp", "convert_histograms_to_nhcb"},
	{since.OTLPPromoteAll, "otlp", "promote_all_resource_attributes"},
	{since.OTLPIgnoreAttributes, "otlp", "ignore_resource_attributes"},
	{since.OTLPPromoteScopeMetadata, "otlp", "promote_scope_metadata"},
	{since.OTLPLabelNameSanitization, "otlp", "label_name_underscore_sanitization"},
	{since.OTLPLabelNamePreserveUnderscores, "otlp", "label_name_preserve_multiple_underscores"},
	{since.ConsulPathPrefix, "consul_sd_configs", "path_prefix"},
	{since.ConsulFilter, "consul_sd_configs", "filter"},
	{since.ConsulHealthFilter, "consul_sd_configs", "health_filter"},
	{since.ConsulPartition, "consul_sd_configs", "partition"},
	{since.LinodeRegion, "linode_sd_configs", "region"},
	{since.HetznerLabelSelector, "hetzner_sd_configs", "label_selector"},
	{since.DockerMatchFirstNetwork, "docker_sd_configs", "match_first_network"},
	{since.OVHCloudSD, "scrape_configs", "ovhcloud_sd_configs"},
}
