package parity

import "encoding/json"

// Request is what test/operator/reference reads.
type Request struct {
	Objects    []json.RawMessage `json:"objects"`
	Prometheus string            `json:"prometheus"`
	Gates      Gates             `json:"gates"`
	Repeat     int               `json:"repeat,omitempty"`
}

// Gates are the operator's feature gates, and what it finds out about the cluster.
type Gates struct {
	EndpointSlice     bool `json:"endpointSlice"`
	RetentionPolicies bool `json:"retentionPolicies"`
	TopologySharding  bool `json:"topologySharding"`
	PodTopologyLabels bool `json:"podTopologyLabels"`
}

// Answer is what one side makes of a request; the reference writes it like this.
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

// add appends an object that is made of maps, so that it can always be written.
func (r *Request) add(object map[string]any) {
	data, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	r.Objects = append(r.Objects, data)
}
