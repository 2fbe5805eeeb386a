package main

import "encoding/json"

// Request is a set of objects, and the Prometheus or PrometheusAgent whose configuration is
// requested.
type Request struct {
	// Objects are as the API server returns them: with defaults, apiVersion and kind.
	Objects []json.RawMessage `json:"objects"`
	// Prometheus is namespace/name.
	Prometheus string `json:"prometheus"`
	// Alertmanager is namespace/name of the Alertmanager whose configuration is requested instead.
	Alertmanager string `json:"alertmanager,omitempty"`
	Gates        Gates  `json:"gates"`
	// Repeat is how often to generate and compress the configuration, as a benchmark. The answer
	// then contains only the figures.
	Repeat int `json:"repeat,omitempty"`
}

// Gates are the properties of the cluster that the operator detects, and its feature gates.
type Gates struct {
	EndpointSlice     bool `json:"endpointSlice"`
	RetentionPolicies bool `json:"retentionPolicies"`
	TopologySharding  bool `json:"topologySharding"`
	PodTopologyLabels bool `json:"podTopologyLabels"`
}

// Answer is the output of a sync of the operator.
type Answer struct {
	Config string `json:"config,omitempty"`
	// Error is the error that made the whole sync fail.
	Error string `json:"error,omitempty"`
	// Unmanaged reports whether the operator leaves the configuration to its user.
	Unmanaged bool `json:"unmanaged,omitempty"`
	// Rejected has the reason for each selected object that is left out, by Kind/namespace/name.
	Rejected       map[string]string `json:"rejected,omitempty"`
	RuleFiles      map[string]string `json:"ruleFiles,omitempty"`
	RuleConfigMaps []string          `json:"ruleConfigMaps,omitempty"`
	// RuleFileConfigMaps maps each rule file to its ConfigMap.
	RuleFileConfigMaps map[string]string `json:"ruleFileConfigMaps,omitempty"`
	TLSAssets          map[string]string `json:"tlsAssets,omitempty"`
	// Nanoseconds, and Allocated in bytes, are averages over Repeat.
	Nanoseconds int64  `json:"nanoseconds,omitempty"`
	Allocated   uint64 `json:"allocated,omitempty"`
}
