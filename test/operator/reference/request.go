package main

import "encoding/json"

// Request is a set of objects and the Prometheus, or PrometheusAgent, of which the
// configuration is wanted.
type Request struct {
	// Objects are as the API server would give them: defaults filled in, with
	// apiVersion and kind.
	Objects []json.RawMessage `json:"objects"`
	// Prometheus is namespace/name.
	Prometheus string `json:"prometheus"`
	Gates      Gates  `json:"gates"`
	// Repeat is how often to make the configuration and compress it, to measure that. The
	// answer then has the figures alone.
	Repeat int `json:"repeat,omitempty"`
}

// Gates are what the operator finds out about the cluster, and its feature gates.
type Gates struct {
	EndpointSlice     bool `json:"endpointSlice"`
	RetentionPolicies bool `json:"retentionPolicies"`
	TopologySharding  bool `json:"topologySharding"`
	PodTopologyLabels bool `json:"podTopologyLabels"`
}

// Answer is what a sync of the operator would write.
type Answer struct {
	Config string `json:"config,omitempty"`
	// Error is what made the whole sync fail.
	Error string `json:"error,omitempty"`
	// Unmanaged says that the operator leaves the configuration to its user.
	Unmanaged bool `json:"unmanaged,omitempty"`
	// Rejected has the reason for each selected object that is left out, by
	// Kind/namespace/name.
	Rejected       map[string]string `json:"rejected,omitempty"`
	RuleFiles      map[string]string `json:"ruleFiles,omitempty"`
	RuleConfigMaps []string          `json:"ruleConfigMaps,omitempty"`
	// RuleFileConfigMaps says which ConfigMap a rule file went into.
	RuleFileConfigMaps map[string]string `json:"ruleFileConfigMaps,omitempty"`
	TLSAssets          map[string]string `json:"tlsAssets,omitempty"`
	// Nanoseconds and Allocated, in bytes, are those of one time of Repeat.
	Nanoseconds int64  `json:"nanoseconds,omitempty"`
	Allocated   uint64 `json:"allocated,omitempty"`
}
