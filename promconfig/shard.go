package promconfig

import (
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// Variables that the operator's config-reloader fills in, in each pod.
const (
	podNameVariable     = "POD_NAME"
	shardVariable       = "SHARD"
	shardInZoneVariable = "INZONE_SHARD"
	zoneVariable        = "TOPOLOGY_ZONE"
	nodeNameVariable    = "NODE_NAME"
)

// Labels of ours on targets, during relabeling.
const (
	hashLabel         = "__tmp_hash"
	noShardingLabel   = "__tmp_disable_sharding"
	currentShardLabel = "__tmp_current_shard"
	topologyLabel     = "__tmp_topology"
)

// shard spreads targets over the shards by the hash of a label. It is written for
// one shard too: the operator changes the number without touching the objects.
func (r *relabeler) shard(by string) {
	g := r.s.w.g
	if g.options.RetentionPolicies && !g.Agent() {
		r.add(ours, target(currentShardLabel), replacement(placeholder(shardVariable)), action("replace"))
		r.add(ours, source(currentShardLabel), regex(g.activeShards()), action("keep"))
	}
	modulo, variable := g.shards, shardVariable
	if zones := g.zones(); zones > 0 {
		modulo, variable = max(g.shards/zones, 1), shardInZoneVariable
		r.keepZone()
	}
	r.add(ours, source(by, hashLabel), target(hashLabel), regex("(.+);"), replacement("$1"), action("replace"))
	r.add(ours, source(hashLabel), target(hashLabel), modulus(modulo), action("hashmod"))
	r.add(ours, source(hashLabel, noShardingLabel), regex(placeholder(variable)+";|.+;.+"), action("keep"))
}

// shardUnlessHashed leaves alone what the user shards already.
func (r *relabeler) shardUnlessHashed() {
	if r.s.w.g.shards == 1 {
		return
	}
	for _, existing := range r.list {
		for _, item := range existing {
			if item.Key == "action" && item.Value == "hashmod" {
				return
			}
		}
	}
	r.shard("__address__")
}

// keepZone keeps the targets of the shard's own zone: by the EndpointSlice's zone,
// else by the pod's or the node's label.
func (r *relabeler) keepZone() {
	r.add(ours, source("__meta_kubernetes_endpointslice_endpoint_zone", topologyLabel),
		target(topologyLabel), regex("(.+);"), replacement("$1"), action("replace"))
	from := "node"
	if r.s.w.g.options.PodTopologyLabels {
		from = "pod"
	}
	const zone = "topology.kubernetes.io/zone"
	r.add(ours, source(metaLabel(from, zone), metaLabelPresent(from, zone), topologyLabel),
		target(topologyLabel), regex("(.+);true;"), replacement("$1"), action("replace"))
	r.add(ours, source(topologyLabel, noShardingLabel), regex(placeholder(zoneVariable)+";|.+;.+"), action("keep"))
}

// activeShards is 0|1|2 for three shards: one that was scaled away and is kept for
// its data scrapes nothing.
func (g *Generator) activeShards() string {
	numbers := make([]string, g.shards)
	for i := range numbers {
		numbers[i] = strconv.Itoa(i)
	}
	return strings.Join(numbers, "|")
}

// zones is how many zones the shards are spread over, 0 without topology sharding.
func (g *Generator) zones() int32 {
	if topology := g.topology(); topology != nil {
		return int32(len(topology.Values)) //nolint:gosec // a handful
	}
	return 0
}

// topology is nil unless the Prometheus is sharded by zone.
func (g *Generator) topology() *monitoringv1.TopologyShardingStrategy {
	strategy := g.spec.ShardingStrategy
	if !g.options.TopologySharding || strategy == nil || strategy.Mode == nil ||
		*strategy.Mode != monitoringv1.TopologyShardingStrategyMode {
		return nil
	}
	return strategy.Topology
}
