package since

// Files of prometheus-operator v0.93.0 that the versions are from.
const (
	configWriter = "prometheus-operator v0.93.0, pkg/prometheus/promcfg.go"
	selector     = "prometheus-operator v0.93.0, pkg/prometheus/resource_selector.go"
	ruleWriter   = "prometheus-operator v0.93.0, pkg/operator/rules.go"
	validator    = "prometheus-operator v0.93.0, pkg/prometheus/validation/validator.go"
)

// Fields of clients: of targets, of discoveries and of the Prometheus object.
var (
	Authorization        = newFeature(configWriter, "2.26.0", "authorization")
	OAuth2               = newFeature(configWriter, "2.27.0", "oauth2")
	EmptyClientSecret    = newFeature("Prometheus v2.51.0, module common", "2.51.0", "an empty clientSecret of oauth2")
	OAuth2Client         = newFeature(configWriter, "2.43.0", "proxyUrl and tlsConfig of oauth2")
	NoProxy              = newFeature(configWriter, "2.43.0", "noProxy")
	ProxyFromEnvironment = newFeature(configWriter, "2.43.0", "proxyFromEnvironment")
	ProxyConnectHeader   = newFeature(configWriter, "2.43.0", "proxyConnectHeader")
	TLSMinVersion        = newFeature(configWriter, "2.35.0", "tlsConfig.minVersion")
	TLSMaxVersion        = newFeature(configWriter, "2.41.0", "tlsConfig.maxVersion")
	FollowRedirects      = newFeature(configWriter, "2.26.0", "followRedirects")
	EnableHTTP2          = newFeature(configWriter, "2.35.0", "enableHttp2")
)

// Fields of monitors.
var (
	HonorTimestamps                = newFeature(configWriter, "2.9.0", "honorTimestamps")
	TrackTimestampsStaleness       = newFeature(configWriter, "2.48.0", "trackTimestampsStaleness")
	EnableCompression              = newFeature(configWriter, "2.49.0", "enableCompression")
	TargetLimit                    = newFeature(configWriter, "2.21.0", "targetLimit")
	LabelLimits                    = newFeature(configWriter, "2.27.0", "labelLimit, labelNameLengthLimit and labelValueLengthLimit")
	BodySizeLimit                  = newFeature(configWriter, "2.28.0", "bodySizeLimit")
	KeepDroppedTargets             = newFeature(configWriter, "2.47.0", "keepDroppedTargets")
	ScrapeProtocols                = newFeature(configWriter, "2.49.0", "scrapeProtocols")
	PrometheusText1                = newFeature(configWriter, "3.0.0-rc.0", "the scrape protocol PrometheusText1.0.0")
	FallbackScrapeProtocol         = newFeature(configWriter, "3.0.0", "fallbackScrapeProtocol")
	ScrapeNativeHistograms         = newFeature(configWriter, "3.8.0", "scrapeNativeHistograms")
	NativeHistogramBucketLimit     = newFeature(configWriter, "2.45.0", "nativeHistogramBucketLimit")
	NativeHistogramMinBucketFactor = newFeature(configWriter, "2.50.0", "nativeHistogramMinBucketFactor")
	ScrapeClassicHistograms        = newFeature(configWriter, "2.45.0", "scrapeClassicHistograms")
	ConvertClassicHistograms       = newFeature(configWriter, "3.0.0", "convertClassicHistogramsToNHCB")
	NameValidationScheme           = newFeature(configWriter, "3.0.0", "nameValidationScheme")
	NameEscapingScheme             = newFeature(configWriter, "3.4.0", "nameEscapingScheme")
	PodAttachMetadata              = newFeature(configWriter, "2.35.0", "attachMetadata of pods")
	EndpointsAttachMetadata        = newFeature(configWriter, "2.37.0", "attachMetadata of endpoints")
	RoleSelector                   = newFeature(selector, "2.17.0", "selectorMechanism RoleSelector")
)

// Actions of relabelings.
var (
	CaseActions  = newFeature(validator, "2.36.0", "the relabeling actions lowercase and uppercase")
	EqualActions = newFeature(validator, "2.41.0", "the relabeling actions keepequal and dropequal")
)

// Fields of rules.
var (
	RuleGroupLimit       = newFeature(ruleWriter, "2.31.0", "groups[].limit")
	RuleGroupQueryOffset = newFeature(ruleWriter, "2.53.0", "groups[].query_offset")
	RuleGroupLabels      = newFeature(ruleWriter, "3.0.0", "groups[].labels")
	KeepFiringFor        = newFeature(ruleWriter, "2.42.0", "groups[].rules[].keep_firing_for")
)

// The same fields in a ThanosRuler. The versions are those of Thanos.
var (
	ThanosRuleGroupLimit       = newFeature(ruleWriter, "0.24.0", "groups[].limit in Thanos")
	ThanosRuleGroupQueryOffset = newFeature(ruleWriter, "0.38.0", "groups[].query_offset in Thanos")
	ThanosRuleGroupLabels      = newFeature(ruleWriter, "0.39.0", "groups[].labels in Thanos")
	ThanosKeepFiringFor        = newFeature(ruleWriter, "0.34.0", "groups[].rules[].keep_firing_for in Thanos")
	ThanosUTF8Names            = newFeature(ruleWriter, "0.38.0", "names of metrics and labels in UTF-8 in Thanos")
)

// What changed in Prometheus itself, whatever the operator writes.
var (
	UTF8Names            = newFeature("Prometheus v3.0.0, changelog", "3.0.0-0", "names of metrics and labels in UTF-8")
	UTF8SourceLabels     = newFeature("Prometheus v2.55.0, feature flag utf8-names", "2.55.0-0", "source labels in UTF-8")
	AnyTemplates         = newFeature("Prometheus v3.2.0, model/relabel", "3.2.0", "${1} in target labels that are not old names")
	ConfiguredNames      = newFeature("Prometheus v3.7.0, config.go", "3.7.0", "nameValidationScheme of labels in relabelings, rules and the global section")
	LegacyTemplates      = newFeature("Prometheus v3.7.2, model/relabel", "3.7.2", "${1} in target labels with nameValidationScheme Legacy")
	PodNodeSelectors     = newFeature("Prometheus v3.11.0, discovery/kubernetes", "3.11.0", "selectors of nodes in a Kubernetes discovery of pods")
	NamedGroups          = newFeature("Prometheus v2.51.0, built with Go 1.22", "2.51.0", "groups (?<name>) in regular expressions")
	ScrapeIntervalLabels = newFeature("Prometheus v2.30.0, changelog", "2.30.0", "the labels __scrape_interval__ and __scrape_timeout__")
)
