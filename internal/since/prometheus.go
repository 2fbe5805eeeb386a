package since

// Global settings of the Prometheus object.
var (
	GlobalLimits                   = newFeature(configWriter, "2.45.0", "limits in the global section")
	GlobalConvertClassicHistograms = newFeature(configWriter, "3.4.0", "convertClassicHistogramsToNHCB in the global section")
	GlobalScrapeClassicHistograms  = newFeature(configWriter, "3.5.0", "scrapeClassicHistograms in the global section")
	ScrapeFailureLogFile           = newFeature(configWriter, "2.55.0", "scrapeFailureLogFile")
	RuleQueryOffset                = newFeature(configWriter, "2.53.0", "ruleQueryOffset")
	QueryLogFile                   = newFeature(configWriter, "2.16.0", "queryLogFile")
	Runtime                        = newFeature(configWriter, "2.53.0", "runtime")
)

// Alertmanagers.
var (
	AlertmanagerAPIVersion  = newFeature(configWriter, "2.11.0", "alerting.alertmanagers[].apiVersion")
	AlertmanagerSigV4       = newFeature(configWriter, "2.48.0", "alerting.alertmanagers[].sigv4")
	AlertmanagerRelabelings = newFeature(configWriter, "2.51.0", "alerting.alertmanagers[].alertRelabelings")
)

// Remote write and remote read.
var (
	RemoteWriteHeaders        = newFeature(configWriter, "2.15.0", "remoteWrite[].headers")
	RemoteWriteName           = newFeature(configWriter, "2.15.0", "remoteWrite[].name")
	RemoteWriteMessageVersion = newFeature(configWriter, "2.54.0", "remoteWrite[].messageVersion")
	RemoteWriteSigV4          = newFeature(configWriter, "2.26.0", "remoteWrite[].sigv4")
	SendExemplars             = newFeature(configWriter, "2.27.0", "remoteWrite[].sendExemplars")
	SendNativeHistograms      = newFeature(configWriter, "2.40.0", "remoteWrite[].sendNativeHistograms")
	RoundRobinDNS             = newFeature(configWriter, "3.1.0", "remoteWrite[].roundRobinDNS")
	QueueMinShards            = newFeature(configWriter, "2.6.0", "remoteWrite[].queueConfig.minShards")
	QueueWithoutMaxRetries    = newFeature(configWriter, "2.11.0", "queues that retry without end")
	QueueRetryOnRateLimit     = newFeature(configWriter, "2.26.0", "remoteWrite[].queueConfig.retryOnRateLimit")
	QueueSampleAgeLimit       = newFeature(configWriter, "2.50.0", "remoteWrite[].queueConfig.sampleAgeLimit")
	MetadataConfig            = newFeature(configWriter, "2.23.0", "remoteWrite[].metadataConfig")
	MetadataMaxSamples        = newFeature(configWriter, "2.29.0", "remoteWrite[].metadataConfig.maxSamplesPerSend")
	RemoteReadHeaders         = newFeature(configWriter, "2.26.0", "remoteRead[].headers")
	RemoteReadName            = newFeature(configWriter, "2.15.0", "remoteRead[].name")
	FilterExternalLabels      = newFeature(configWriter, "2.34.0", "remoteRead[].filterExternalLabels")
	SigV4ExternalID           = newFeature(configWriter, "3.11.0", "sigv4.externalId")
	SigV4FIPS                 = newFeature(configWriter, "2.54.0", "sigv4.useFIPSSTSEndpoint")
	AzureAD                   = newFeature(configWriter, "2.45.0", "azureAd")
	AzureADOAuth              = newFeature(configWriter, "2.48.0", "azureAd.oauth")
	AzureADSDK                = newFeature(configWriter, "2.52.0", "azureAd.sdk")
	AzureADWorkloadIdentity   = newFeature(configWriter, "3.7.0", "azureAd.workloadIdentity")
	AzureADScope              = newFeature(configWriter, "3.9.0", "azureAd.scope")
	AzureADWithoutClientID    = newFeature(configWriter, "3.5.0", "azureAd.managedIdentity without a clientId")
)

// AgentWithoutRemoteWrite is an agent that writes nowhere.
var AgentWithoutRemoteWrite = newFeature("Prometheus v2.42.0, config.go", "2.42.0", "an agent without remoteWrite")

// Storage.
var (
	Exemplars                 = newFeature(configWriter, "2.29.0", "exemplars")
	OutOfOrderTimeWindow      = newFeature(configWriter, "2.39.0", "tsdb.outOfOrderTimeWindow")
	AgentOutOfOrderTimeWindow = newFeature(configWriter, "2.54.0", "tsdb.outOfOrderTimeWindow of an agent")
	StaleSeriesCompaction     = newFeature(configWriter, "3.10.0", "tsdb.staleSeriesCompactionThreshold")
	ChunkEncoding             = newFeature(configWriter, "3.13.0", "tsdb.chunkEncoding")
	RetentionInFile           = newFeature(configWriter, "3.11.0", "retention in the configuration file")
)

// OpenTelemetry.
var (
	OTLP                             = newFeature(configWriter, "2.55.0", "otlp")
	OTLPTranslationStrategy          = newFeature(configWriter, "3.0.0", "otlp.translationStrategy")
	OTLPNoTranslation                = newFeature(configWriter, "3.4.0", "otlp.translationStrategy NoTranslation")
	OTLPWithoutSuffixes              = newFeature(configWriter, "3.6.0", "otlp.translationStrategy UnderscoreEscapingWithoutSuffixes")
	OTLPKeepIdentifyingAttributes    = newFeature(configWriter, "3.1.0", "otlp.keepIdentifyingResourceAttributes")
	OTLPConvertHistograms            = newFeature(configWriter, "3.4.0", "otlp.convertHistogramsToNHCB")
	OTLPPromoteAll                   = newFeature(configWriter, "3.5.0", "otlp.promoteAllResourceAttributes")
	OTLPIgnoreAttributes             = newFeature(configWriter, "3.5.0", "otlp.ignoreResourceAttributes")
	OTLPPromoteScopeMetadata         = newFeature(configWriter, "3.6.0", "otlp.promoteScopeMetadata")
	OTLPLabelNameSanitization        = newFeature(configWriter, "3.8.0", "otlp.labelNameUnderscoreSanitization")
	OTLPLabelNamePreserveUnderscores = newFeature(configWriter, "3.8.0", "otlp.labelNamePreserveMultipleUnderscores")
)
