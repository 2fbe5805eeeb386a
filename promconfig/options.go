package promconfig

import (
	"cmp"
	"time"

	"github.com/promgate/promgate/internal/exprcost"
)

// Options are what the operator's own flags and the cluster's version decide.
type Options struct {
	// EndpointSlice says that the cluster serves discovery.k8s.io/v1 EndpointSlices.
	EndpointSlice bool

	// RetentionPolicies is the operator's feature gate PrometheusShardRetentionPolicy.
	RetentionPolicies bool

	// TopologySharding is the operator's feature gate PrometheusTopologySharding.
	TopologySharding bool

	// PodTopologyLabels says that the cluster copies the zone of a node onto the
	// labels of its pods (Kubernetes 1.35 and later).
	PodTopologyLabels bool

	// ParseTime is how long Prometheus' parser may take for the expressions of one
	// PrometheusRule. The zero value means the most that promgate's configuration may allow
	// at admission, so that nothing is let in there and left out here.
	ParseTime time.Duration

	// Paths is where Prometheus finds the files. The zero value means the places in
	// the operator's pods.
	Paths Paths
}

// Paths are directories as Prometheus sees them.
type Paths struct {
	Rules        string
	Certificates string
}

// PodPaths are the directories that the operator mounts.
var PodPaths = Paths{Rules: "/etc/prometheus/rules", Certificates: "/etc/prometheus/certs"}

// AsInstalled are the options that fit prometheus-operator v0.93.0 without flags
// on Kubernetes 1.35 or later.
func AsInstalled() Options {
	return Options{EndpointSlice: true, RetentionPolicies: true, TopologySharding: true, PodTopologyLabels: true, Paths: PodPaths}
}

func (o Options) budget() exprcost.Budget {
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
