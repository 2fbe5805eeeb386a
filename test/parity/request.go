package parity

import "encoding/json"

// Request is the input of test/operator/reference.
type Request struct {
	Objects    []json.RawMessage `json:"objects"`
	Prometheus string            `json:"prometheus"`

	// Alertmanager names an Alertmanager instead.
	Alertmanager string `json:"alertmanager,omitempty"`

	Gates  Gates `json:"gates"`
	Repeat int   `json:"repeat,omitempty"`
}

// Gates are the operator's feature gates, and the properties of the cluster that it detects.
type Gates struct {
	EndpointSlice     bool `json:"endpointSlice"`
	RetentionPolicies bool `json:"retentionPolicies"`
	TopologySharding  bool `json:"topologySharding"`
	PodTopologyLabels bool `json:"podTopologyLabels"`
}

// Answer is the answer of one side to a request. The reference writes it in this format.
type Answer struct {
	Config             string            `json:"config"`
	Error              string            `json:"error"`
	Unmanaged          bool              `json:"unmanaged"`
	Rejected           map[string]string `json:"rejected"`
	RuleFiles          map[string]string `json:"ruleFiles"`
	RuleConfigMaps     []string          `json:"ruleConfigMaps"`
	RuleFileConfigMaps map[string]string `json:"ruleFileConfigMaps"`
	TLSAssets          map[string]string `json:"tlsAssets"`
	Nanoseconds        int64             `json:"nanoseconds"`
	Allocated          uint64            `json:"allocated"`
}

// add appends an object. It is made of maps, so that it can always be encoded.
func (r *Request) add(object map[string]any) {
	data, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	r.Objects = append(r.Objects, data)
}
