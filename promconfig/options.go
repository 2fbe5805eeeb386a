package promconfig

import (
	"cmp"
	"time"

	"github.com/promgate/promgate/internal/exprcost"
)

// Options are settings that depend on the flags of the operator and the version of the
// cluster.
type Options struct {
	// EndpointSlice means that the cluster serves discovery.k8s.io/v1 EndpointSlices.
	EndpointSlice bool

	// RetentionPolicies is the operator's feature gate PrometheusShardRetentionPolicy.
	RetentionPolicies bool

	// TopologySharding is the operator's feature gate PrometheusTopologySharding.
	TopologySharding bool

	// PodTopologyLabels means that the cluster copies the zone of a node to the labels of its
	// pods (Kubernetes 1.35 and later).
	PodTopologyLabels bool

	// ParseTime is how long Prometheus' parser may take for the expressions of one
	// PrometheusRule. The zero value means the most that promgate's configuration may allow
	// at admission, so that nothing is admitted there and left out here.
	ParseTime time.Duration

	// Paths is where Prometheus finds the files. The default is [PodPaths].
	Paths Paths
}

// Paths are directories in the file system of Prometheus.
type Paths struct {
	Rules        string
	Certificates string
}

// PodPaths are the directories that the operator mounts.
var PodPaths = Paths{Rules: "/etc/prometheus/rules", Certificates: "/etc/prometheus/certs"}

// AsInstalled returns the options of prometheus-operator v0.93.0 without flags, on Kubernetes
// 1.35 or later.
func AsInstalled() Options {
	return Options{EndpointSlice: true, RetentionPolicies: true, TopologySharding: true, PodTopologyLabels: true, Paths: PodPaths}
}

// Budget bounds what is parsed of one PrometheusRule.
func (o Options) Budget() exprcost.Budget {
	return exprcost.Budget{Time: cmp.Or(o.ParseTime, exprcost.MaxTime)}
}

func (o Options) paths() Paths {
	p := o.Paths
	if p.Rules == "" {
		p.Rules = PodPaths.Rules
	}
	if p.Certificates == "" {
		p.Certificates = PodPaths.Certificates
	}
	return p
}
